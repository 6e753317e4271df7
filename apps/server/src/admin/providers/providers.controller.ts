import { Get } from '@nestjs/common';
import { type Provider, providers } from '@app/providers';
import { AdminController, Roles } from '../http';
import type { ProviderDto } from './providers.dto';
import { ProviderListDto } from './providers.dto';

/** The kinds of upstream a channel may be of. */
@AdminController('providers')
@Roles('admin')
export class ProvidersController {
  @Get()
  list(): ProviderListDto {
    return { items: providers.map(providerDto) };
  }
}

const providerDto = ({
  id,
  name,
  protocols,
  defaultBaseUrl,
  credentialFields,
  ownSettings = [],
}: Provider): ProviderDto => ({
  id,
  name,
  protocols: [...protocols],
  defaultBaseUrl,
  credentialFields: credentialFields.map((field) => ({ multiline: false, ...field })),
  ownSettings: [...ownSettings],
});
