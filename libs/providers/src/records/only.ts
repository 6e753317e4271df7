import { type Operation, protocolDefaults } from '../protocol';

const { paths } = protocolDefaults['openai-chat'];

type Paths = Readonly<Partial<Record<Operation, string | null>>>;

/** What OpenAI's protocol has and a vendor has not: everything else. */
export const only = (...operations: readonly Operation[]): { readonly 'openai-chat': Paths } => ({
  'openai-chat': Object.fromEntries(
    Object.keys(paths).flatMap((name) => (operations.includes(name as Operation) ? [] : [[name, null]])), // its own key
  ),
});

/** The same, beside paths of the vendor's own. */
export const onlyWith = (own: Paths, ...operations: readonly Operation[]): { readonly 'openai-chat': Paths } => ({
  'openai-chat': { ...only(...operations)['openai-chat'], ...own },
});
