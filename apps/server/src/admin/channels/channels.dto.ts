import { ApiProperty, ApiPropertyOptional, PartialType } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  ValidateBy,
} from 'class-validator';
import { type BatchAction, batchActions, channelLimits, type ChannelStatus, type KeyInput } from '@app/channels';
import { type UpstreamProtocol, upstreamProtocols } from '@app/providers';
import { type ProbeOperation, probeOperations } from '@app/relay';
import { Name, Optional, PageDto, PageQueryDto, PlainText } from '../http';

const statuses = ['enabled', 'disabled', 'auto_disabled'] as const satisfies readonly ChannelStatus[];
const settable = ['enabled', 'disabled'] as const;
const healths = ['healthy', 'degraded', 'cooling', 'unknown', 'disabled'] as const;

type SettableStatus = (typeof settable)[number];

const {
  keys: MAX_KEYS,
  models: MAX_MODELS,
  groups: MAX_GROUPS,
  tags: MAX_TAGS,
  modelLength: MODEL_LENGTH,
} = channelLimits;
const MAX_BATCH = 1000;

const testEndpoints = [...upstreamProtocols, ...probeOperations] as const;

export class ChannelQueryDto extends PageQueryDto {
  @ApiPropertyOptional({ enum: statuses, enumName: 'ChannelStatus' })
  @Optional()
  @IsIn(statuses)
  status?: ChannelStatus;

  @Optional() @IsString() @MaxLength(64) @PlainText() provider?: string;

  @Optional() @IsString() @MaxLength(64) @PlainText() group?: string;

  @Optional() @IsString() @MaxLength(64) @PlainText() tag?: string;

  /** Only channels that serve this model, under its own name or through their mapping. */
  @Optional() @IsString() @MaxLength(MODEL_LENGTH) @PlainText() model?: string;
}

/** What create and update have in common. What the names may hold is checked where channels are kept. */
export class ChannelFieldsDto {
  @Name(128) name: string;

  /** An id of `GET /api/providers`. */
  @Name(64) provider: string;

  /** What the vendor's own SDK takes: OpenAI's ends in `/v1`, Anthropic's and Gemini's at the host. Null: the provider's own. */
  @IsOptional() @IsString() @MaxLength(2048) baseUrl?: string | null;

  /** Names may hold any of `A-Za-z0-9._:/@+-`. */
  @IsArray()
  @ArrayMaxSize(MAX_MODELS)
  @IsString({ each: true })
  @MaxLength(MODEL_LENGTH, { each: true })
  models: string[];

  /** What the upstream speaks, preferred first; a vendor's own protocol only where the provider does. Null: what the provider speaks. */
  @ApiPropertyOptional({ enum: upstreamProtocols, enumName: 'Protocol', isArray: true, nullable: true })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(upstreamProtocols.length)
  @IsIn(upstreamProtocols, { each: true })
  protocols?: UpstreamProtocol[] | null;

  /** Requested name → the upstream's. The names on the left are served as well as `models`. */
  @ApiPropertyOptional({ type: 'object', additionalProperties: { type: 'string' } })
  @Optional()
  @IsObject()
  modelMapping?: Record<string, string>;

  /** `["default"]` when left out. */
  @Optional() @IsArray() @ArrayMaxSize(MAX_GROUPS) @IsString({ each: true }) groups?: string[];

  /** Higher goes first; 0 when left out. */
  @Optional() @IsInt() priority?: number;

  /** Share among channels of the same priority; 1 when left out, 0: only when no other of them can. */
  @Optional() @IsInt() weight?: number;

  @Optional() @IsArray() @ArrayMaxSize(MAX_TAGS) @IsString({ each: true }) tags?: string[];

  /** `enabled` also takes back what was disabled automatically. */
  @ApiPropertyOptional({ enum: settable, enumName: 'SettableChannelStatus' })
  @Optional()
  @IsIn(settable)
  status?: SettableStatus;

  /**
   * `headers`: sent with every upstream request. `apiVersion`: Azure OpenAI's dated API. `parameters`: `[{op, path, value, models}]`,
   * `op` one of set, delete, default, changes of the request's JSON. `systemPrompt`: `{text, mode, models}`, `mode` one of prepend,
   * append, replace, default. `paths`: by operation, after the base URL. `proxy`: its address, shown without user and password;
   * as it is shown, it stays. `region`, `project`, `tokenUrl`: clouds. `timeouts`: `{connectMs, firstByteMs, idleMs}`. `errorKinds`:
   * by error code or `http_<status>`, what it means. `costMultiplier`: what the account costs, as a share of the list price.
   * `testModel`: what tests and recovery ask for.
   */
  @ApiPropertyOptional({ type: 'object', additionalProperties: true })
  @Optional()
  @IsObject()
  settings?: Record<string, unknown>;
}

export class CreateChannelDto extends ChannelFieldsDto {
  /** Write-only. May be left out where the provider needs none. */
  @Optional() @IsArray() @ArrayMaxSize(MAX_KEYS) @IsString({ each: true }) keys?: string[];
}

const IsKeyInput = () =>
  ValidateBy(
    {
      name: 'keyInput',
      validator: { validate: isKeyInput, defaultMessage: () => 'each of $property must be a text or {"id": …}' },
    },
    { each: true },
  );

const isKeyInput = (value: unknown): boolean =>
  typeof value === 'string' ||
  (typeof value === 'object' &&
    value !== null &&
    Object.keys(value).join() === 'id' &&
    typeof (value as { id: unknown }).id === 'string');

export class UpdateChannelDto extends PartialType(ChannelFieldsDto, { skipNullProperties: false }) {
  /**
   * The whole new list, write-only: a text is a secret to add (or to keep, if it is there already), `{"id": …}` keeps one of
   * the channel's keys as it is, and what is not named is dropped. Left out: the keys stay.
   */
  @ApiPropertyOptional({
    type: 'array',
    items: {
      oneOf: [{ type: 'string' }, { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] }],
    },
  })
  @Optional()
  @IsArray()
  @ArrayMaxSize(MAX_KEYS)
  @IsKeyInput()
  keys?: KeyInput[];
}

export class UpdateChannelKeyDto {
  @ApiProperty({ enum: settable, enumName: 'SettableChannelStatus' })
  @IsIn(settable)
  status: SettableStatus;
}

const pauseStates = ['cooling', 'open', 'half_open'] as const;

/** Something is left alone for a while, as this node knows it. */
export class ChannelPauseDto {
  /** The upstream's name of it; null: every model. */
  model: string | null;

  @ApiProperty({ format: 'date-time' })
  until: string;

  /** What kind of failure led to it. */
  reason: string | null;

  /** `open`: a breaker; `half_open`: one call is trying whether it may close; `cooling`: a limit. */
  @ApiProperty({ enum: pauseStates, enumName: 'ChannelPauseState' })
  state: (typeof pauseStates)[number];
}

export class ChannelKeyDto {
  id: string;

  /** The first and last characters. */
  preview: string;

  @ApiProperty({ enum: statuses, enumName: 'ChannelStatus' })
  status: ChannelStatus;

  reason: string | null;

  pauses: ChannelPauseDto[];

  /** When one that was disabled automatically is tried again; null: not by itself. */
  @ApiProperty({ format: 'date-time', nullable: true, type: String })
  nextProbeAt: string | null;
}

export class ChannelDto {
  id: string;

  name: string;

  provider: string;

  /** The one in use: the channel's own or the provider's. */
  baseUrl: string | null;

  @ApiProperty({ enum: upstreamProtocols, enumName: 'Protocol', isArray: true })
  protocols: UpstreamProtocol[];

  models: string[];

  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } })
  modelMapping: Record<string, string>;

  groups: string[];

  priority: number;

  weight: number;

  tags: string[];

  @ApiProperty({ type: 'object', additionalProperties: true })
  settings: Record<string, unknown>;

  /** `disabled` by an operator, `auto_disabled` because its keys stopped working. */
  @ApiProperty({ enum: statuses, enumName: 'ChannelStatus' })
  status: ChannelStatus;

  statusReason: string | null;

  /** As this node sees it: `cooling` when all keys rest, `degraded` when something does, `unknown` before the first answer. */
  @ApiProperty({ enum: healths, enumName: 'ChannelHealthWord' })
  health: (typeof healths)[number];

  /** Of the whole channel, for one model each. */
  pauses: ChannelPauseDto[];

  keys: ChannelKeyDto[];

  /** Moving average of the time to the first byte. */
  responseTimeMs: number | null;

  /** What the upstream last said is left; null: it does not say. */
  balanceUsd: number | null;

  usedUsd: number;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;
}

export class ChannelPageDto extends PageDto {
  items: ChannelDto[];
}

export class TestChannelDto {
  /** Default: the first the channel serves. */
  @Optional() @IsString() @MaxLength(MODEL_LENGTH) @PlainText() model?: string;

  /** A protocol of the channel (default: its first), or what is asked of it (default: what the model is for, by its name). */
  @ApiPropertyOptional({ enum: testEndpoints, enumName: 'TestEndpoint' })
  @Optional()
  @IsIn(testEndpoints)
  endpoint?: (typeof testEndpoints)[number];

  @Optional() @IsBoolean() stream?: boolean;
}

export class ChannelTestResultDto {
  ok: boolean;

  /** What was asked of the upstream. */
  @ApiProperty({ enum: probeOperations, enumName: 'TestOperation' })
  operation: ProbeOperation;

  latencyMs: number;

  error?: string;
}

export class ChannelBalanceDto {
  /** Null: the upstream does not say. */
  balanceUsd: number | null;
}

export class UpstreamModelsDto {
  items: string[];
}

export class ChannelBatchDto {
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(MAX_BATCH)
  @IsString({ each: true })
  @MaxLength(64, { each: true })
  ids: string[];

  @ApiProperty({ enum: batchActions, enumName: 'ChannelBatchAction' })
  @IsIn(batchActions)
  action: BatchAction;

  /** What `tag` adds and `untag` takes away. */
  @Optional() @IsArray() @ArrayMaxSize(MAX_TAGS) @IsString({ each: true }) tags?: string[];
}

export class ChannelBatchResultDto {
  /** How many channels it was done to. */
  affected: number;
}
