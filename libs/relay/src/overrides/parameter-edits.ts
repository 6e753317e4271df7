import { isObject } from '../json';
import type { Edit } from '../request/edits';
import type { Body, Member } from '../request/members';
import { type BodyRule, changed } from './parameters';

/** The rules as edits of the caller's own bytes: members they do not name, at any depth, stay as they were written. */
export function parameterEdits(body: Body, rules: readonly BodyRule[]): Edit[] {
  if (rules.length === 0) return [];
  const scope = new Scope(body);
  for (const rule of rules) scope.apply(rule.path, rule);
  return scope.edits();
}

type Change = Pick<BodyRule, 'op' | 'value'>;

/** What becomes of a member: a new value, nothing, or changes inside it. */
type Fate = { readonly value: unknown } | 'gone' | Scope;

/** One object of the body and what becomes of its members. */
class Scope {
  private readonly fates = new Map<string, Fate>();

  constructor(private readonly body: Body) {}

  apply([name = '', ...rest]: readonly string[], change: Change): void {
    if (rest.length > 0) return this.applyInside(name, rest, change);
    if (change.op === 'delete') this.remove(name);
    else if (change.op === 'set' || !this.has(name)) this.fates.set(name, { value: change.value });
  }

  private has(name: string): boolean {
    const fate = this.fates.get(name);
    return fate ? fate !== 'gone' : this.body.get(name) !== undefined;
  }

  private remove(name: string): void {
    if (this.body.get(name)) this.fates.set(name, 'gone');
    else this.fates.delete(name);
  }

  private applyInside(name: string, rest: readonly string[], change: Change): void {
    const inner = this.inner(name);
    if (inner instanceof Scope) return inner.apply(rest, change);
    if (!isObject(inner) && (change.op === 'delete' || (change.op === 'default' && this.has(name)))) return;
    this.fates.set(name, { value: changed(isObject(inner) ? inner : {}, rest, change) });
  }

  /** The object to change inside: in the caller's bytes, or a value a rule has put there. */
  private inner(name: string): unknown {
    const fate = this.fates.get(name);
    if (fate !== undefined) return fate instanceof Scope || fate === 'gone' ? fate : fate.value;
    const member = this.body.get(name);
    if (member?.type !== 'object') return undefined;
    const scope = new Scope(this.body.inside(member));
    this.fates.set(name, scope);
    return scope;
  }

  edits(): Edit[] {
    const { all } = this.body;
    const firstKept = all.findIndex(({ name }) => this.fates.get(name) !== 'gone');
    const edits = all.flatMap((member, index) => this.editsOf(member, index, firstKept));
    const added = [...this.fates].flatMap(([name, fate]) =>
      !this.body.get(name) && typeof fate === 'object' && 'value' in fate
        ? [`${JSON.stringify(name)}:${JSON.stringify(fate.value)}`]
        : [],
    );
    if (added.length === 0) return edits;
    const text = `${firstKept < 0 ? '' : ','}${added.join(',')}`;
    return [...edits, { start: this.body.close, end: this.body.close, text }];
  }

  private editsOf(member: Member, index: number, firstKept: number): Edit[] {
    const fate = this.fates.get(member.name);
    if (fate === undefined) return [];
    if (fate instanceof Scope) return fate.edits();
    if (fate !== 'gone') return [{ start: member.start, end: member.end, text: JSON.stringify(fate.value) }];
    const { all } = this.body;
    // A member goes with the comma before it, or, when nothing stays before it, with the one behind it.
    const [start, end] =
      firstKept >= 0 && firstKept < index
        ? [all[index - 1]!.end, member.end]
        : [member.keyStart, all[index + 1]?.keyStart ?? member.end];
    return [{ start, end, text: '' }];
  }
}
