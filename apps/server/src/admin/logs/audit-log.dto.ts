import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { IsoTime, KeysetPageDto, KeysetQueryDto, Optional, PlainText } from '../http';

export class AuditQueryDto extends KeysetQueryDto {
  /** Inclusive. */
  @Optional() @IsoTime() from?: string;

  /** Exclusive. */
  @Optional() @IsoTime() to?: string;

  @Optional() @IsString() @MaxLength(100) @PlainText() actorId?: string;

  /** `channel.update` */
  @Optional() @IsString() @MaxLength(100) @PlainText() action?: string;

  /** `channel:<id>` */
  @Optional() @IsString() @MaxLength(300) @PlainText() target?: string;
}

export class AuditEntryDto {
  id: string;
  createdAt: string;
  /** Null for the system itself and for callers who could not sign in. */
  actorId: string | null;
  action: string;
  target: string | null;
  ip: string | null;
  /** What changed; every secret is masked. */
  @ApiProperty({
    nullable: true,
    oneOf: [
      { type: 'object', additionalProperties: true },
      { type: 'array', items: {} },
    ],
  })
  changes: unknown;
}

export class AuditPageDto extends KeysetPageDto {
  items: AuditEntryDto[];
}
