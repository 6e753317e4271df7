import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { Optional } from '../http';

export class LoginDto {
  @IsString() @MaxLength(256) username: string;

  @IsString() @MaxLength(1024) password: string;

  /** The code of the second factor, where one is set up. */
  @Optional() @IsString() @MaxLength(64) otp?: string;
}

/** One device that is signed in. */
export class SessionDto {
  id: string;

  ip: string;

  userAgent: string;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  @ApiProperty({ format: 'date-time' })
  lastSeenAt: string;

  /** The session that asks. */
  current: boolean;
}

export class SessionListDto {
  items: SessionDto[];
}
