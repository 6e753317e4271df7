import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsEmail, IsIn, IsOptional, IsString, Length, MaxLength, NotEquals, ValidateIf } from 'class-validator';
import {
  DEFAULT_GROUP,
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
import { CredentialsDto, Name, Optional, PageDto, PlainText, Usd, UserDto } from '../http';

export class UserPageDto extends PageDto {
  items: UserDto[];
}

export class CreateUserDto extends CredentialsDto {
  @ApiPropertyOptional({ enum: roles, enumName: 'Role' })
  @Optional()
  @IsIn(roles)
  role: Role = 'user';

  @ApiPropertyOptional({ default: DEFAULT_GROUP })
  @Optional()
  @Name(64)
  group: string = DEFAULT_GROUP;

  @ApiPropertyOptional({ enum: userStatuses, enumName: 'UserStatus' })
  @Optional()
  @IsIn(userStatuses)
  status: UserStatus = 'active';
}

export class UpdateUserDto {
  @ApiPropertyOptional({ minLength: USERNAME_MIN, maxLength: USERNAME_MAX })
  @Optional()
  @IsString()
  @Length(USERNAME_MIN, USERNAME_MAX)
  @PlainText()
  username?: string;

  /** Ends the user's sessions. */
  @ApiPropertyOptional({ minLength: PASSWORD_MIN, maxLength: PASSWORD_MAX })
  @Optional()
  @IsString()
  @Length(PASSWORD_MIN, PASSWORD_MAX)
  password?: string;

  @IsOptional() @IsEmail() @MaxLength(EMAIL_MAX) email?: string | null;

  @ApiPropertyOptional({ enum: roles, enumName: 'Role' })
  @Optional()
  @IsIn(roles)
  role?: Role;

  @Optional() @Name(64) group?: string;

  /** `disabled` ends the user's sessions and stops their API keys. */
  @ApiPropertyOptional({ enum: userStatuses, enumName: 'UserStatus' })
  @Optional()
  @IsIn(userStatuses)
  status?: UserStatus;
}

export class UpdateMeDto {
  @IsOptional() @IsEmail() @MaxLength(EMAIL_MAX) email?: string | null;

  /** A new password; every other session of yours ends. */
  @ApiPropertyOptional({ minLength: PASSWORD_MIN, maxLength: PASSWORD_MAX })
  @Optional()
  @IsString()
  @Length(PASSWORD_MIN, PASSWORD_MAX)
  password?: string;

  /** Needed with `password`. */
  @ValidateIf((me: UpdateMeDto) => me.password !== undefined || me.currentPassword !== undefined)
  @IsString()
  @MaxLength(1024)
  currentPassword?: string;
}

export class AdjustmentDto {
  /** Positive adds to the balance, negative takes from it. */
  @Usd(-1_000_000, 1_000_000) @NotEquals(0) amountUsd: number;

  @Name(200) reason: string;
}
