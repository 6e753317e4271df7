import { type ArgumentMetadata, Injectable, type PipeTransform, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { DomainError, type FieldError } from '@app/core';

/** Unknown fields are refused in a body and ignored in a query, where proxies and browsers add their own. */
@Injectable()
export class AdminValidationPipe implements PipeTransform {
  private readonly body = pipe(true);
  private readonly rest = pipe(false);

  transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    return (metadata.type === 'body' ? this.body : this.rest).transform(value, metadata);
  }
}

const pipe = (forbidNonWhitelisted: boolean): ValidationPipe =>
  new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted,
    transform: true,
    exceptionFactory: (errors) => {
      const fields = fieldErrors(errors);
      const summary = fields.map(({ path, message }) => `${path}: ${message}`).slice(0, 5);
      return new DomainError('invalid', summary.join('; '), { errors: fields });
    },
  });

/** The tree of class-validator as a flat list of dotted paths, one message per broken field. */
export function fieldErrors(errors: readonly ValidationError[], parent = ''): FieldError[] {
  return errors.flatMap((error) => {
    const path = `${parent}${error.property}`;
    const [message] = Object.values(error.constraints ?? {});
    return [...(message === undefined ? [] : [{ path, message }]), ...fieldErrors(error.children ?? [], `${path}.`)];
  });
}
