import { DomainError } from '@app/core';

/** Lowest first. There is exactly one root. */
export const roles = ['user', 'admin', 'root'] as const;
export type Role = (typeof roles)[number];

export const userStatuses = ['active', 'disabled'] as const;
export type UserStatus = (typeof userStatuses)[number];

/** Who acts. */
export interface Actor {
  readonly userId: string;
  readonly role: Role;
}

/** Whom it is done to. */
export interface Target {
  readonly id: string;
  readonly role: Role;
}

/** The fields of a user that somebody else may set. */
export type EditableField = 'username' | 'email' | 'password' | 'role' | 'group' | 'status';

/** What one may change about oneself. Root has nobody above to ask, so it also moves itself between names and groups. */
const ownFields: Readonly<Record<Role, readonly EditableField[]>> = {
  user: ['email'],
  admin: ['email'],
  root: ['email', 'username', 'group'],
};

export const isAtLeast = (role: Role, least: Role): boolean => roles.indexOf(role) >= roles.indexOf(least);

/** One manages those of a lower role; root also itself. */
export const mayManage = (actor: Actor, target: Target): boolean =>
  !isAtLeast(target.role, actor.role) || (actor.role === 'root' && actor.userId === target.id);

export function assertMayManage(actor: Actor, target: Target): void {
  if (!mayManage(actor, target)) throw forbidden(`a user of the role ${target.role} is not yours to change`);
}

/** A role is given by somebody above it; nobody is above root. */
export function assertMayGrant(actor: Actor, role: Role): void {
  if (isAtLeast(role, actor.role)) throw forbidden(`you may not give the role ${role}`);
}

/** Throws `forbidden` unless every one of `fields` may be changed. */
export function assertMayEdit(actor: Actor, target: Target, fields: readonly EditableField[]): void {
  if (actor.userId !== target.id) return assertMayManage(actor, target);
  const refused = fields.filter((field) => !ownFields[actor.role].includes(field));
  if (refused.length > 0) throw forbidden(`you may not change your own ${refused.join(', ')} here`);
}

export function assertMayDelete(actor: Actor, target: Target): void {
  if (target.role === 'root') throw forbidden('the root account cannot be deleted');
  assertMayManage(actor, target);
}

const forbidden = (message: string): DomainError => new DomainError('forbidden', message);
