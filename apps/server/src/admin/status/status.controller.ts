import { Get } from '@nestjs/common';
import { Settings } from '@app/config';
import { UserService, usersSettings } from '@app/users';
import { AdminController, Public } from '../http';
import { StatusDto } from './status.dto';
import { version } from './version';

@AdminController('status')
export class StatusController {
  constructor(
    private readonly users: UserService,
    private readonly settings: Settings,
  ) {}

  @Get()
  @Public()
  async get(): Promise<StatusDto> {
    return {
      name: 'One API',
      version,
      initialized: await this.users.isInitialized(),
      registrationEnabled: this.settings.get(usersSettings.registrationEnabled),
      loginMethods: ['password'],
    };
  }
}
