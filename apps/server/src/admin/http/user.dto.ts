import { ApiProperty } from '@nestjs/swagger';
import { IsEmail, IsOptional, IsString, Length, MaxLength } from 'class-validator';
import {
  EMAIL_MAX,
  PASSWORD_MAX,
  PASSWORD_MIN,
  type Role,
  roles,
  USERNAME_MAX,
  USERNAME_MIN,
  type UserStatus,
  userStatuses,
} from '@app/users';
import { PlainText } from './validators';

export class UserDto {
  id: string;

  username: string;

  email: string | null;

  @ApiProperty({ enum: roles, enumName: 'Role' })
  role: Role;

  @ApiProperty({ enum: userStatuses, enumName: 'UserStatus' })
  status: UserStatus;

  group: string;

  balanceUsd: number;

  usedUsd: number;

  requestCount: number;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;
}

/** An account to be made. */
export class CredentialsDto {
  /** Stored in lower case; letters, digits and `. _ @ + -`. */
  @ApiProperty({ minLength: USERNAME_MIN, maxLength: USERNAME_MAX })
  @IsString()
  @Length(USERNAME_MIN, USERNAME_MAX)
  @PlainText()
  username: string;

  @ApiProperty({ minLength: PASSWORD_MIN, maxLength: PASSWORD_MAX })
  @IsString()
  @Length(PASSWORD_MIN, PASSWORD_MAX)
  password: string;

  @IsOptional() @IsEmail() @MaxLength(EMAIL_MAX) email?: string | null;
}

/** Signed in. The refresh token is in a cookie that only `/api/auth` sees. */
export class SignedInDto {
  accessToken: string;

  /** Seconds. */
  expiresIn: number;

  user: UserDto;
}
