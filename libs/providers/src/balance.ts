import { asArray, asNumber, asObject, asText } from './json';
import type { UpstreamProtocol } from './protocol';
import type { ProviderRecord } from './provider';
import { offers, upstreamRequest, type RequestTarget, type UpstreamAddress } from './request';

/** What is left on an upstream account, in the currency the vendor states. */
export interface Balance {
  readonly amount: number;
  readonly currency: string;
}

type BalanceReader = (body: unknown) => Balance | null;

const balance = (amount: number | undefined, currency: string): Balance | null =>
  amount === undefined ? null : { amount, currency };

/** https://api-docs.deepseek.com/api/get-user-balance — one entry per currency; the one in USD is preferred. */
export const readDeepSeekBalance: BalanceReader = (body) => {
  const accounts = asArray(asObject(body)?.balance_infos).map(asObject);
  const account = accounts.find((candidate) => candidate?.currency === 'USD') ?? accounts[0];
  return balance(asNumber(account?.total_balance), asText(account?.currency) ?? 'CNY');
};

/** https://openrouter.ai/docs/api/api-reference/credits/get-credits */
export const readOpenRouterBalance: BalanceReader = (body) => {
  const data = asObject(asObject(body)?.data);
  const bought = asNumber(data?.total_credits);
  const used = asNumber(data?.total_usage);
  return bought === undefined || used === undefined ? null : balance(bought - used, 'USD');
};

/** https://platform.moonshot.cn/docs/api/misc — yuan on the Chinese platform, where this record points. */
export const readMoonshotBalance: BalanceReader = (body) =>
  balance(asNumber(asObject(asObject(body)?.data)?.available_balance), 'CNY');

/** https://docs.siliconflow.cn/cn/api-reference/userinfo/get-user-info */
export const readSiliconFlowBalance: BalanceReader = (body) =>
  balance(asNumber(asObject(asObject(body)?.data)?.totalBalance), 'CNY');

/** The request that asks for the account's balance, or null where the vendor publishes none. */
export function balanceRequest(
  provider: ProviderRecord,
  target: Pick<RequestTarget, 'baseUrl' | 'credential' | 'settings'>,
): UpstreamAddress | null {
  const protocol = provider.protocols.find((candidate: UpstreamProtocol) => offers(provider, candidate, 'balance'));
  if (!protocol || !provider.readBalance) return null;
  return upstreamRequest(provider, { ...target, protocol, operation: 'balance' });
}

/**
 * The balance in USD. Null when the answer is not what the vendor documents (a server that answers anything with 200 has no
 * balance, it is not at zero) or is in another currency.
 */
export function balanceUsd(provider: ProviderRecord, body: unknown): number | null {
  const read = provider.readBalance?.(body) ?? null;
  return read?.currency === 'USD' ? read.amount : null;
}
