import { Body, Post, Res } from '@nestjs/common';
import type { Response } from 'express';
import { type Client, SessionService } from '@app/users';
import {
  AdminController,
  CallingFrom,
  CredentialsDto,
  Public,
  setRefreshCookie,
  SignedInDto,
  UserMapper,
} from '../http';
import { SetupService } from './setup.service';

@AdminController('setup')
export class SetupController {
  constructor(
    private readonly setup: SetupService,
    private readonly sessions: SessionService,
    private readonly mapper: UserMapper,
  ) {}

  /** Creates the root account and signs it in. Works once; `GET /api/status` says whether it still does. */
  @Post()
  @Public()
  async create(
    @Body() credentials: CredentialsDto,
    @CallingFrom() client: Client,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SignedInDto> {
    const user = await this.setup.createRoot(credentials, client.ip);
    const signedIn = await this.sessions.open(user, client);
    setRefreshCookie(response, signedIn);
    return this.mapper.signedIn(signedIn);
  }
}
