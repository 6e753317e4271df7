import type { ApiKey, ApiKeyInput, BudgetPeriod } from '@/api/types';

/** What the form holds; an empty number is "no limit". `expiresAt` is a day (`2026-12-31`): the key ends with it. */
export interface KeyValues {
  name: string;
  expiresAt: string;
  budgetUsd: number | '';
  budgetPeriod: BudgetPeriod;
  models: string[];
  allowedIps: string[];
  group: string | null;
  rpm: number | '';
  tpm: number | '';
  concurrency: number | '';
}

export function valuesOf(apiKey: ApiKey | undefined): KeyValues {
  return {
    name: apiKey?.name ?? '',
    expiresAt: apiKey?.expiresAt ? localDay(new Date(apiKey.expiresAt)) : '',
    budgetUsd: apiKey?.budgetUsd ?? '',
    budgetPeriod: apiKey?.budgetPeriod ?? 'none',
    models: [...(apiKey?.models ?? [])],
    allowedIps: [...(apiKey?.allowedIps ?? [])],
    group: apiKey?.group ?? null,
    rpm: apiKey?.rpm ?? '',
    tpm: apiKey?.tpm ?? '',
    concurrency: apiKey?.concurrency ?? '',
  };
}

/** `before` keeps an untouched expiry at its exact moment instead of the end of its day. */
export function inputOf(values: KeyValues, before: ApiKey | undefined): ApiKeyInput {
  const untouched = before?.expiresAt && localDay(new Date(before.expiresAt)) === values.expiresAt;
  return {
    name: values.name.trim(),
    expiresAt: untouched ? before.expiresAt : endOfDay(values.expiresAt),
    budgetUsd: orNull(values.budgetUsd),
    budgetPeriod: values.budgetPeriod,
    models: values.models,
    allowedIps: values.allowedIps,
    group: values.group,
    rpm: orNull(values.rpm),
    tpm: orNull(values.tpm),
    concurrency: orNull(values.concurrency),
  };
}

const orNull = (value: number | ''): number | null => (value === '' ? null : value);

const endOfDay = (day: string): string | null => (day ? new Date(`${day}T23:59:59`).toISOString() : null);

function localDay(date: Date): string {
  const two = (part: number) => String(part).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

export const daysFromNow = (days: number): string => localDay(new Date(Date.now() + days * 86_400_000));
