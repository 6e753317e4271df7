import { ApiProperty } from '@nestjs/swagger';
import { type OwnSetting, type UpstreamProtocol, upstreamProtocols } from '@app/providers';

/** One thing to type to give access to an account. */
export class CredentialFieldDto {
  name: string;

  label: string;

  secret: boolean;

  /** False: the upstream also works without. */
  required: boolean;

  /** It may be a file's content, of several lines. */
  multiline: boolean;
}

/** A kind of upstream. */
export class ProviderDto {
  id: string;

  name: string;

  @ApiProperty({ enum: upstreamProtocols, enumName: 'Protocol', isArray: true })
  protocols: UpstreamProtocol[];

  /** What the vendor's own SDK takes; `{region}` stands for the channel's. Null: only the operator knows. */
  defaultBaseUrl: string | null;

  credentialFields: CredentialFieldDto[];

  /** Channel settings only this provider knows. */
  @ApiProperty({ enum: ['apiVersion', 'region', 'project', 'tokenUrl'] satisfies OwnSetting[], isArray: true })
  ownSettings: OwnSetting[];
}

export class ProviderListDto {
  items: ProviderDto[];
}
