import { ApiProperty } from '@nestjs/swagger';
import { type UpstreamProtocol, upstreamProtocols } from '@app/providers';

/** One thing to type to give access to an account. */
export class CredentialFieldDto {
  name: string;

  label: string;

  secret: boolean;

  /** False: the upstream also works without. */
  required: boolean;
}

/** A kind of upstream. */
export class ProviderDto {
  id: string;

  name: string;

  @ApiProperty({ enum: upstreamProtocols, enumName: 'Protocol', isArray: true })
  protocols: UpstreamProtocol[];

  /** What the vendor's own SDK takes; null: only the operator knows. */
  defaultBaseUrl: string | null;

  credentialFields: CredentialFieldDto[];
}

export class ProviderListDto {
  items: ProviderDto[];
}
