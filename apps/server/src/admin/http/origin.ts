import { createParamDecorator, type ExecutionContext, Param, type PipeTransform } from '@nestjs/common';
import type { Request } from 'express';
import { notFound } from '@app/core';
import type { Client, Principal } from '@app/users';
import { clientIp } from './client-ip';

/** Who did something, from where: the half of an audit record that a request knows. */
export interface Origin {
  readonly actorId: string | null;
  readonly ip: string;
}

const requestOf = (context: ExecutionContext) => context.switchToHttp().getRequest<Request & { user?: Principal }>();

/** `@From() origin: Origin` for `audit.record({ ...origin, action, target, changes })`. */
export const From = createParamDecorator((_: unknown, context: ExecutionContext): Origin => {
  const request = requestOf(context);
  return { actorId: request.user?.userId ?? null, ip: clientIp(request) };
});

/** `@CallingFrom() client: Client`: what a session remembers of the device. */
export const CallingFrom = createParamDecorator((_: unknown, context: ExecutionContext): Client => {
  const request = requestOf(context);
  return { ip: clientIp(request), userAgent: request.get('user-agent') ?? '' };
});

/** Ids are opaque, but what could not be one is not worth asking the database (PostgreSQL fails on `%00`). */
class IdPipe implements PipeTransform<string, string> {
  transform(id: string): string {
    if (!/^[\w.:-]{1,64}$/.test(id)) throw notFound('this');
    return id;
  }
}

/** `@Id() id: string` for `:id` in the path. */
export const Id = (name = 'id'): ParameterDecorator => Param(name, new IdPipe());

/** Each field that is not what it was: `{ status: { from, to } }`. For audit records. */
export function difference(before: object, after: object): Record<string, { from: unknown; to: unknown }> {
  const old = before as Readonly<Record<string, unknown>>; // read by name only
  return Object.fromEntries(
    Object.entries(after)
      .filter(([field, to]) => JSON.stringify(old[field]) !== JSON.stringify(to))
      .map(([field, to]) => [field, { from: old[field] ?? null, to }]),
  );
}
