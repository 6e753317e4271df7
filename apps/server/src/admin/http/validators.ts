import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { isISO8601, IsNumber, IsString, Length, Max, Min, ValidateBy, ValidateIf } from 'class-validator';
import { usdToNano } from '@app/core';
import { isPlainText } from '@app/users';

/** The field may be left out, but `null` is not a value of it. (`@IsOptional()` lets `null` pass.) */
export const Optional = () => ValidateIf((_, value: unknown) => value !== undefined);

/** No control characters and nothing that reverses the reading direction. */
export const PlainText = () =>
  ValidateBy({
    name: 'plainText',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && isPlainText(value),
      defaultMessage: () => '$property must not contain control characters',
    },
  });

/** A text of one line that people read: trimmed, 1 to `max` characters, no control characters. */
export const Name = (max = 100) =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value)),
    IsString(),
    Length(1, max),
    PlainText(),
  );

/** USD as a JSON number with at most 9 decimals, between `min` and `max`. */
export const Usd = (min: number, max: number) =>
  applyDecorators(
    IsNumber({ allowInfinity: false, allowNaN: false }),
    Min(min),
    Max(max),
    ValidateBy({
      name: 'usd',
      validator: {
        validate: (value: unknown) => typeof value === 'number' && isNanoExact(value),
        defaultMessage: () => '$property has more than 9 decimals',
      },
    }),
  );

const zoned = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** An ISO 8601 date, or time with its zone: without one, every server would read another moment out of it. */
export const IsoTime = () =>
  ValidateBy({
    name: 'isoTime',
    validator: {
      validate: (value: unknown) =>
        typeof value === 'string' &&
        zoned.test(value) &&
        isISO8601(value, { strict: true }) &&
        !Number.isNaN(Date.parse(value)),
      defaultMessage: () => '$property must be an ISO 8601 time with a zone, like 2030-01-31T12:00:00Z',
    },
  });

function isNanoExact(usd: number): boolean {
  try {
    usdToNano(usd);
    return true;
  } catch {
    return false;
  }
}
