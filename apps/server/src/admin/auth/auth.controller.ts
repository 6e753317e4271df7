import { Body, Delete, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { DomainError } from '@app/core';
import { AuditLog } from '@app/logs';
import { type Client, knownUsername, LoginService, type Principal, SessionService, type SignedIn } from '@app/users';
import {
  AdminController,
  CallingFrom,
  clearRefreshCookie,
  CredentialsDto,
  CurrentUser,
  From,
  Id,
  type Origin,
  Public,
  readRefreshCookie,
  setRefreshCookie,
  SignedInDto,
  UserMapper,
} from '../http';
import { LoginDto, SessionListDto } from './auth.dto';
import { sessionDto } from './auth.mapper';
import { RegistrationService } from './registration.service';

@AdminController('auth')
export class AuthController {
  constructor(
    private readonly logins: LoginService,
    private readonly sessions: SessionService,
    private readonly registration: RegistrationService,
    private readonly mapper: UserMapper,
    private readonly audit: AuditLog,
  ) {}

  @Post('login')
  @HttpCode(200)
  @Public()
  async login(
    @Body() { username, password }: LoginDto,
    @CallingFrom() client: Client,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SignedInDto> {
    try {
      const signedIn = await this.logins.login(username, password, client);
      await this.recordLogin(signedIn, client);
      return await this.answer(response, signedIn);
    } catch (error) {
      if (isRefused(error)) await this.recordRefusal(username, client);
      throw error;
    }
  }

  /** Makes an account and signs it in, where the setting `users.registrationEnabled` allows it. */
  @Post('register')
  @HttpCode(200)
  @Public()
  async register(
    @Body() credentials: CredentialsDto,
    @CallingFrom() client: Client,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SignedInDto> {
    const user = await this.registration.register(credentials, client.ip);
    return this.answer(response, await this.sessions.open(user, client));
  }

  /** Trades the refresh cookie for a new one and an access token. */
  @Post('refresh')
  @HttpCode(200)
  @Public()
  async refresh(
    @Req() request: Request,
    @CallingFrom() client: Client,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SignedInDto> {
    try {
      return await this.answer(response, await this.sessions.refresh(readRefreshCookie(request) ?? '', client));
    } catch (error) {
      if (isRefused(error)) clearRefreshCookie(response);
      throw error;
    }
  }

  /** Ends the session of the cookie or the access token. Works without either: one is signed out then, too. */
  @Post('logout')
  @HttpCode(204)
  @Public()
  async logout(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<void> {
    const [, accessToken] = /^Bearer (\S+)$/i.exec(request.get('authorization') ?? '') ?? [];
    await this.sessions.close({ refreshToken: readRefreshCookie(request), accessToken });
    clearRefreshCookie(response);
  }

  /** Where one is signed in. */
  @Get('sessions')
  async list(@CurrentUser() { userId, sessionId }: Principal): Promise<SessionListDto> {
    const sessions = await this.sessions.list(userId);
    return { items: sessions.map((session) => sessionDto(session, sessionId)) };
  }

  @Delete('sessions/:id')
  @HttpCode(204)
  async revoke(@Id() id: string, @CurrentUser() { userId }: Principal, @From() origin: Origin): Promise<void> {
    await this.sessions.revoke(userId, id);
    await this.audit.record({ ...origin, action: 'session.revoke', target: `session:${id}`, changes: null });
  }

  private answer(response: Response, signedIn: SignedIn): Promise<SignedInDto> {
    setRefreshCookie(response, signedIn);
    return this.mapper.signedIn(signedIn);
  }

  private recordLogin({ user, sessionId }: SignedIn, { ip, userAgent }: Client): Promise<void> {
    const changes = { userAgent: userAgent.slice(0, 255) };
    return this.audit.record({ actorId: user.id, ip, action: 'session.open', target: `session:${sessionId}`, changes });
  }

  /** Only what could be a name: people type passwords into the wrong field. */
  private recordRefusal(username: string, { ip }: Client): Promise<void> {
    const changes = { username: knownUsername(username) };
    return this.audit.record({ actorId: null, ip, action: 'session.refuse', target: null, changes });
  }
}

const isRefused = (error: unknown): boolean => error instanceof DomainError && error.code === 'unauthorized';
