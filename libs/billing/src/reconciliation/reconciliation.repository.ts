import { setImmediate as turn } from 'node:timers/promises';
import { rawNumber, readDatabaseClock, Statement } from '@app/platform/database';
import type { DataSource } from 'typeorm';
import type { Difference, DifferenceKind } from './reconciliation-report.entity';

const WALLETS_PER_STATEMENT = 200;
const FOUND_PER_STATEMENT = 200;
/** An allowance is taken back within a minute of its end; this long after, nobody has. */
const STALE_MS = 10 * 60_000;

/** One statement, so that all of a wallet's sums are of the same moment, whatever is charged meanwhile. */
const wallets = new Statement(
  'SELECT w.id, w.funds_nano, w.escrow_nano, w.spent_nano, w.period_spent_nano, w.budget_nano, w.period, ' +
    '(SELECT COALESCE(SUM(l.amount_nano), 0) FROM ledger l WHERE l.user_id = SUBSTR(w.id, 6)) AS ledger_nano, ' +
    '(SELECT COALESCE(SUM(a.amount_nano), 0) FROM allowances a WHERE a.wallet_id = w.id) AS leased_nano ' +
    `FROM wallets w WHERE w.id > :after ORDER BY w.id LIMIT ${WALLETS_PER_STATEMENT}`,
);
const staleLeases = new Statement(
  `SELECT node_id, wallet_id, amount_nano FROM allowances WHERE expires_at < :before AND amount_nano <> 0 LIMIT ${FOUND_PER_STATEMENT}`,
);
const chargesWithoutLog = new Statement(
  'SELECT l.request_id AS subject, -l.amount_nano AS actual FROM ledger l LEFT JOIN usage_logs u ON u.id = l.request_id ' +
    `WHERE l.kind = 'charge' AND l.created_at >= :since AND u.id IS NULL LIMIT ${FOUND_PER_STATEMENT}`,
);
const otherAmounts = new Statement(
  'SELECT l.request_id AS subject, u.cost_nano AS expected, -l.amount_nano AS actual ' +
    'FROM ledger l JOIN usage_logs u ON u.id = l.request_id ' +
    `WHERE l.kind = 'charge' AND l.created_at >= :since AND u.cost_nano <> -l.amount_nano LIMIT ${FOUND_PER_STATEMENT}`,
);
/** Only balances are kept in the ledger; what a deleted account owed is nobody's. */
const logsWithoutCharge = new Statement(
  "SELECT u.id AS subject, u.cost_nano AS expected FROM usage_logs u JOIN wallets w ON w.id = CONCAT('user:', u.user_id) " +
    "LEFT JOIN ledger l ON l.request_id = u.id AND l.kind = 'charge' " +
    'WHERE u.created_at >= :since AND u.cost_nano > 0 AND w.funds_nano IS NOT NULL AND l.id IS NULL ' +
    `LIMIT ${FOUND_PER_STATEMENT}`,
);
const countCharges = new Statement(
  "SELECT COUNT(*) AS count FROM ledger WHERE kind = 'charge' AND created_at >= :since",
);
const countCalls = new Statement('SELECT COUNT(*) AS count FROM usage_logs WHERE created_at >= :since');
const countAllowances = new Statement('SELECT COUNT(*) AS count FROM allowances');

type Row = Readonly<Record<string, unknown>>;

/** The SQL of a reconciliation: it only reads. */
export class ReconciliationRepository {
  constructor(private readonly db: DataSource) {}

  /** Every wallet, compared with its ledger, its budget and its leases. Returns how many there are. */
  async compareWallets(report: (difference: Difference) => void): Promise<number> {
    let count = 0;
    for (let after = ''; ;) {
      const rows = await wallets.run<Row>(this.db.manager, { after });
      rows.flatMap(walletDifferences).forEach(report);
      count += rows.length;
      if (rows.length < WALLETS_PER_STATEMENT) return count;
      after = String(rows.at(-1)?.id);
      await turn();
    }
  }

  async compareCharges(since: number, report: (difference: Difference) => void): Promise<void> {
    const kinds: readonly (readonly [DifferenceKind, Statement])[] = [
      ['charge_without_log', chargesWithoutLog],
      ['charge_amount', otherAmounts],
      ['log_without_charge', logsWithoutCharge],
    ];
    for (const [kind, statement] of kinds)
      for (const { subject, expected, actual } of await statement.run<Row>(this.db.manager, { since }))
        report({ kind, subject: String(subject), ...amount({ expected }), ...amount({ actual }) });
  }

  async findStaleLeases(report: (difference: Difference) => void): Promise<void> {
    const before = (await readDatabaseClock(this.db.manager)) - STALE_MS;
    for (const { node_id, wallet_id, amount_nano } of await staleLeases.run<Row>(this.db.manager, { before }))
      report({
        kind: 'stale_lease',
        subject: String(wallet_id),
        ...amount({ actual: amount_nano }),
        detail: String(node_id),
      });
  }

  async counts(since: number) {
    const count = async (statement: Statement): Promise<number> =>
      rawNumber((await statement.run<Row>(this.db.manager, { since }))[0]?.count);
    return {
      recentCharges: await count(countCharges),
      recentCalls: await count(countCalls),
      allowances: await count(countAllowances),
    };
  }
}

function walletDifferences(row: Row): Difference[] {
  const subject = String(row.id);
  const funds = row.funds_nano === null ? null : rawNumber(row.funds_nano);
  const [escrow, leased] = [rawNumber(row.escrow_nano), rawNumber(row.leased_nano)];
  const found: Difference[] = [];
  if (escrow !== leased) found.push({ kind: 'escrow', subject, expected: leased, actual: escrow });
  if (funds === null) return found;
  if (subject.startsWith('user:')) {
    const ledger = rawNumber(row.ledger_nano);
    if (ledger !== funds) found.push({ kind: 'balance', subject, expected: ledger, actual: funds });
  } else if (row.budget_nano !== null) {
    const spent = rawNumber(row.period === 'none' ? row.spent_nano : row.period_spent_nano);
    const left = rawNumber(row.budget_nano) - spent;
    if (left !== funds) found.push({ kind: 'budget', subject, expected: left, actual: funds });
  }
  return found;
}

/** The number of a column, where there is one. */
function amount(column: { readonly expected: unknown } | { readonly actual: unknown }): Partial<Difference> {
  const [[name, value]] = Object.entries(column) as [[string, unknown]];
  return value === undefined || value === null ? {} : { [name]: rawNumber(value) };
}
