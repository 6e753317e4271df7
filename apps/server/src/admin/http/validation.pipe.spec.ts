import { Type } from 'class-transformer';
import { IsInt, IsString, ValidateNested } from 'class-validator';
import { AdminValidationPipe } from './validation.pipe';

class Inner {
  @IsInt() size: number;
}

class Outer {
  @IsString() name: string;

  @ValidateNested({ each: true }) @Type(() => Inner) parts: Inner[];
}

const pipe = new AdminValidationPipe();
const refusal = (value: unknown, type: 'body' | 'query' = 'body') =>
  Promise.resolve(pipe.transform(value, { type, metatype: Outer })).then(
    () => null,
    (error: { extra: { errors: unknown } }) => error.extra.errors,
  );

describe('validation', () => {
  it('makes instances of what is right', async () => {
    const value = await pipe.transform({ name: 'a', parts: [{ size: 1 }] }, { type: 'body', metatype: Outer });
    expect(value).toBeInstanceOf(Outer);
    expect((value as Outer).parts[0]).toBeInstanceOf(Inner);
  });

  it('names every wrong field by its path, once', async () => {
    expect(await refusal({ parts: [{ size: 1 }, { size: 'x' }] })).toEqual([
      { path: 'name', message: expect.any(String) as string },
      { path: 'parts.1.size', message: expect.any(String) as string },
    ]);
  });

  it('refuses unknown fields of a body, at any depth, and overlooks those of a query', async () => {
    const good = { name: 'a', parts: [{ size: 1, odd: 1 }], extra: 1 };
    expect(await refusal(good)).toEqual([
      { path: 'extra', message: expect.stringContaining('should not exist') as string },
      { path: 'parts.0.odd', message: expect.stringContaining('should not exist') as string },
    ]);
    expect(await refusal(good, 'query')).toBeNull();
  });
});
