import { Module } from '@nestjs/common';
import { TokensController } from './tokens.controller';
import { TokenMapper } from './tokens.mapper';
import { TokenService } from './tokens.service';

@Module({ controllers: [TokensController], providers: [TokenMapper, TokenService] })
export class TokensAdminModule {}
