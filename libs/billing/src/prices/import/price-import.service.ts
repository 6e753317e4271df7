import { Injectable } from '@nestjs/common';
import { conflict, DomainError, invalid } from '@app/core';
import { Settings } from '@app/config';
import { AuditLog, type AuditRecord } from '@app/logs';
import { ChangeBus } from '@app/platform/bus';
import { GuardedHttpError, guardedGet } from '@app/platform/http';
import { ModelPriceRepository } from '../model-price.repository';
import type { ModelPrice } from '../model-price.entity';
import { PriceBook } from '../price-book';
import { priceSettings } from '../prices.settings';
import { type ComparedModel, compare, type Comparison } from './compare';
import type { PriceListing } from './listing';
import { readList } from './read-list';

/** Where a price list comes from: an address, or the list itself. */
export interface ListSource {
  readonly url?: string;
  readonly document?: unknown;
  /** What prices taken over are marked with; absent: the address, or the format of the document. */
  readonly name?: string;
  /** A token of another One API. Sent to that address only; never kept. */
  readonly token?: string;
  readonly vendors?: readonly string[];
}

export interface ComparedList extends Comparison {
  readonly source: string;
  readonly listing: PriceListing;
}

/** What of a comparison is to be taken over. `all`: everything that is new or changed. */
export interface Choice {
  readonly take: readonly string[] | 'all';
  /** Of those that are gone. */
  readonly remove?: readonly string[];
  /** Of the comparison the choice was made from. Absent: whatever is found now. */
  readonly digest?: string;
}

export interface ImportResult {
  readonly source: string;
  readonly taken: number;
  readonly removed: number;
  /** Rows of the list that could not be taken over. */
  readonly bad: number;
}

export type Actor = Pick<AuditRecord, 'actorId' | 'ip'>;

const MOST_BYTES = 16 * 1024 * 1024;
const TIMEOUT_MS = 30_000;
/** In the audit log. */
const MOST_NAMES = 200;

/** Takes prices over from lists of others: first a comparison, then what was chosen of it, all of it or nothing. */
@Injectable()
export class PriceImportService {
  constructor(
    private readonly repository: ModelPriceRepository,
    private readonly book: PriceBook,
    private readonly settings: Settings,
    private readonly audit: AuditLog,
    private readonly bus: ChangeBus,
  ) {}

  /** Changes nothing. Throws `invalid` where there is no list to be had. */
  async compare(source: ListSource): Promise<ComparedList> {
    const list = source.url === undefined ? source.document : await this.fetch(source.url, source.token);
    const listing = readList(list, { vendors: source.vendors });
    const name = nameOf(source, listing);
    return { source: name, listing, ...compare(listing, this.book.list(), name) };
  }

  /** Throws `conflict` where list or prices have changed since the comparison, `invalid` on names that are not in it. */
  async apply(source: ListSource, choice: Choice, actor: Actor): Promise<ImportResult> {
    const compared = await this.compare(source);
    if (choice.digest !== undefined && choice.digest !== compared.digest)
      throw conflict('the list or the prices have changed since they were compared: compare them again');
    const taken = chosen(compared, choice.take, 'take', ({ kind }) => kind !== 'gone');
    const removed = chosen(compared, choice.remove ?? [], 'remove', ({ kind }) => kind === 'gone');
    const now = Date.now();
    const rows = taken.map((item) => rowOf(item, compared.source, actor.actorId, now));
    const ids = removed.map(({ id }) => id);
    if (rows.length + ids.length > 0) {
      await this.repository.change(rows, ids, (manager) =>
        this.audit.record(
          {
            ...actor,
            action: 'prices.import',
            target: `prices:${compared.source}`.slice(0, 300),
            changes: told(taken, removed),
          },
          manager,
        ),
      );
      await this.bus.publish('prices.changed', { id: '*' });
    }
    return { source: compared.source, taken: rows.length, removed: ids.length, bad: compared.listing.bad.length };
  }

  private async fetch(url: string, token: string | undefined): Promise<unknown> {
    const reach = this.settings.get(priceSettings.importFromPrivate) ? 'private' : 'public';
    const headers = { accept: 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
    let body: Buffer;
    try {
      ({ body } = await guardedGet({ url, headers, maxBytes: MOST_BYTES, timeoutMs: TIMEOUT_MS, reach }));
    } catch (error) {
      if (!(error instanceof GuardedHttpError)) throw error;
      throw new DomainError('invalid', `url: ${error.message}`, {
        errors: [{ path: 'url', message: error.message }],
        cause: error,
      });
    }
    try {
      return JSON.parse(body.toString('utf8')) as unknown;
    } catch {
      throw invalid('url', 'does not lead to JSON');
    }
  }
}

/** An address without what may be a secret in it. */
function nameOf({ name, url }: ListSource, { format }: PriceListing): string {
  if (name !== undefined) return name;
  if (url === undefined) return `file:${format}`;
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`.slice(0, 500);
}

function chosen(
  { items }: Comparison,
  ids: Choice['take'],
  path: string,
  may: (item: ComparedModel) => boolean,
): readonly ComparedModel[] {
  const possible = items.filter(may);
  if (ids === 'all') return possible;
  const byId = new Map(possible.map((item) => [item.id, item]));
  const unknown = ids.filter((id) => !byId.has(id));
  if (unknown.length > 0) throw invalid(path, `not in the comparison: ${unknown.slice(0, 5).join(', ')}`);
  return [...new Set(ids)].map((id) => byId.get(id)!); // none is unknown
}

function rowOf({ id, before, after }: ComparedModel, source: string, actorId: string | null, now: number): ModelPrice {
  const { owner, price, contextWindow, endpoints } = after!; // only those that are in the list are taken
  return {
    id,
    owner: owner ?? before?.owner ?? null,
    price,
    contextWindow: contextWindow ?? before?.contextWindow ?? null,
    endpoints: endpoints ?? before?.endpoints ?? ['chat'],
    source,
    sourceDate: new Date(now).toISOString().slice(0, 10),
    updatedAt: now,
    updatedBy: actorId,
  };
}

const told = (taken: readonly ComparedModel[], removed: readonly ComparedModel[]) => ({
  taken: taken.length,
  removed: removed.length,
  names: [...taken, ...removed].slice(0, MOST_NAMES).map(({ id, kind }) => `${kind} ${id}`.slice(0, 70)),
});
