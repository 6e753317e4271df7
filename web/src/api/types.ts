/** Short names for the generated shapes. Times are ISO 8601, money is USD. */
import type { components, paths } from './schema.gen';

type Schemas = components['schemas'];
type Query<Path extends { get: { parameters: { query?: object } } }> = NonNullable<Path['get']['parameters']['query']>;

export type { paths };

export type Role = Schemas['Role'];
export type User = Schemas['UserDto'];
export type NewUser = Schemas['CreateUserDto'];
export type UserChange = Schemas['UpdateUserDto'];
export type UserStatus = Schemas['UserStatus'];
export type Adjustment = Schemas['AdjustmentDto'];
export type MeChange = Schemas['UpdateMeDto'];

export type NewAccount = Schemas['CredentialsDto'];
export type Credentials = Schemas['LoginDto'];
export type SessionGrant = Schemas['SignedInDto'];
export type LoginSession = Schemas['SessionDto'];

export type ApiKey = Schemas['TokenDto'];
export type IssuedKey = Schemas['IssuedTokenDto'];
export type ApiKeyInput = Schemas['CreateTokenDto'];
export type ApiKeyStatus = Schemas['TokenStatus'];
export type BudgetPeriod = Schemas['BudgetPeriod'];

export type Channel = Schemas['ChannelDto'];
export type ChannelKey = Schemas['ChannelKeyDto'];
export type ChannelPause = Schemas['ChannelPauseDto'];
export type ChannelStatus = Schemas['ChannelStatus'];
export type SettableStatus = Schemas['SettableChannelStatus'];
export type NewChannel = Schemas['CreateChannelDto'];
export type ChannelChange = Schemas['UpdateChannelDto'];
export type ChannelTest = Schemas['TestChannelDto'];
export type ChannelTestResult = Schemas['ChannelTestResultDto'];
export type Protocol = Schemas['Protocol'];
export type Provider = Schemas['ProviderDto'];

export type Model = Schemas['ModelDto'];
export type ModelInput = Schemas['PutModelDto'];
export type Prices = Schemas['PricesDto'];
export type ComparePrices = Schemas['ComparePricesDto'];
export type ComparedPriceList = Schemas['ComparedPricesDto'];
export type ComparedPrice = Schemas['ComparedPriceDto'];
export type ImportPrices = Schemas['ImportPricesDto'];
export type Charge = Schemas['ChargeDto'];
export type ChargeLine = Schemas['ChargeLineDto'];
export type Group = Schemas['GroupDto'];
export type GroupInput = Schemas['PutGroupDto'];
export type GroupRouting = Schemas['GroupRoutingDto'];

export type UsageEntry = Schemas['UsageLogDto'];
export type UsageSlice = Schemas['UsageLogPageDto'];
export type UsageFilter = Omit<Query<paths['/api/logs/usage']>, 'cursor' | 'limit'>;
export type CallStatus = UsageEntry['status'];
export type Attempt = Schemas['UsageAttemptDto'];
export type UsagePoint = Schemas['UsagePointDto'];

export type SettingField = Schemas['SettingDto'];
export type SettingKind = SettingField['kind'];

export type PageQuery = Query<paths['/api/users']>;
export type KeyQuery = Query<paths['/api/tokens']>;
/** One page of a list, whatever it holds. */
export type Page = Pick<Schemas['UserPageDto'], 'total' | 'page' | 'pageSize'> & { readonly items: readonly unknown[] };
