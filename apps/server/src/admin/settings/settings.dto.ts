import { ApiProperty } from '@nestjs/swagger';

/** `{ relay: { timeout: { connectMs: 10000 } } }`: the tree has whatever settings this version declares; see `/schema`. */
export const settingsTree = {
  type: 'object' as const,
  additionalProperties: true,
  example: { relay: { timeout: { connectMs: 10_000 } } },
};

const kinds = ['integer', 'number', 'boolean', 'text', 'choice', 'list', 'secret'] as const;

export class SettingLimitsDto {
  min?: number;
  max?: number;
  maxLength?: number;
  maxItems?: number;
  pattern?: string;
  choices?: readonly string[];
  /** What the number counts: `ms`, `days`, `bytes`. */
  unit?: string;
}

export class SettingHelpDto {
  en: string;
  zh: string;
}

export class SettingDto {
  /** Where it is in the tree: `relay.timeout.connectMs`. */
  path: string;
  group: string;
  @ApiProperty({ enum: kinds }) kind: (typeof kinds)[number];
  /** Absent for secrets. */
  @ApiProperty({
    required: false,
    oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }, { type: 'array', items: { type: 'string' } }],
  })
  default?: string | number | boolean | readonly string[];
  limits: SettingLimitsDto;
  help: SettingHelpDto;
  /** A value other than the default is stored. */
  configured: boolean;
}

export class SettingListDto {
  items: readonly SettingDto[];
}
