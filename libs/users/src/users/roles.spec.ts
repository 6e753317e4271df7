import { DomainError } from '@app/core';
import {
  type Actor,
  assertMayDelete,
  assertMayEdit,
  assertMayGrant,
  type EditableField,
  isAtLeast,
  mayManage,
  type Role,
  roles,
} from './roles';

const actor = (role: Role): Actor => ({ userId: `me-${role}`, role });
const other = (role: Role) => ({ id: `other-${role}`, role });
const self = (role: Role) => ({ id: `me-${role}`, role });
const forbidden = expect.objectContaining({ code: 'forbidden' }) as DomainError;

describe('roles', () => {
  it('are ordered root > admin > user', () => {
    const table = roles.map((role) => roles.map((least) => isAtLeast(role, least)));
    expect(table).toEqual([
      [true, false, false],
      [true, true, false],
      [true, true, true],
    ]);
  });

  it('manage only lower ones', () => {
    const table = roles.map((mine) => roles.map((theirs) => mayManage(actor(mine), other(theirs))));
    expect(table).toEqual([
      [false, false, false],
      [true, false, false],
      [true, true, false],
    ]);
  });

  it('let root manage itself and nobody else themselves', () => {
    expect(roles.map((role) => mayManage(actor(role), self(role)))).toEqual([false, false, true]);
  });

  it('are given only by somebody above them, root by nobody', () => {
    const grants = (mine: Role, role: Role) => () => assertMayGrant(actor(mine), role);
    expect(grants('root', 'admin')).not.toThrow();
    expect(grants('admin', 'user')).not.toThrow();
    expect(grants('root', 'root')).toThrow(forbidden);
    expect(grants('admin', 'admin')).toThrow(forbidden);
    expect(grants('user', 'user')).toThrow(forbidden);
  });
});

describe('editing', () => {
  const every: EditableField[] = ['username', 'email', 'password', 'role', 'group', 'status'];

  it('of a lower role may touch every field', () => {
    expect(() => assertMayEdit(actor('admin'), other('user'), every)).not.toThrow();
    expect(() => assertMayEdit(actor('root'), other('admin'), every)).not.toThrow();
  });

  it.each([
    ['admin', 'admin'],
    ['admin', 'root'],
    ['user', 'user'],
  ] as const)('by %s of another %s is refused even for the email', (mine, theirs) => {
    expect(() => assertMayEdit(actor(mine), other(theirs), ['email'])).toThrow(forbidden);
  });

  it.each([
    ['user', ['email']],
    ['admin', ['email']],
    ['root', ['username', 'email', 'group']],
  ] as const)('of oneself as %s reaches only %j', (role, allowed) => {
    const passed = every.filter((field) => {
      try {
        assertMayEdit(actor(role), self(role), [field]);
        return true;
      } catch {
        return false;
      }
    });
    expect(passed).toEqual(allowed);
  });

  it('never disables, demotes or deletes root, not even by root', () => {
    expect(() => assertMayEdit(actor('root'), self('root'), ['status'])).toThrow(forbidden);
    expect(() => assertMayEdit(actor('root'), self('root'), ['role'])).toThrow(forbidden);
    expect(() => assertMayDelete(actor('root'), self('root'))).toThrow(forbidden);
  });

  it('does not let admins delete themselves or each other', () => {
    expect(() => assertMayDelete(actor('admin'), self('admin'))).toThrow(forbidden);
    expect(() => assertMayDelete(actor('admin'), other('admin'))).toThrow(forbidden);
    expect(() => assertMayDelete(actor('admin'), other('user'))).not.toThrow();
  });
});
