/**
 * config: runtime settings. Declared once by the code that owns them (`defineSettings`), read synchronously through `Settings`,
 * changed whole or not at all through `SettingsService`; only differences from the defaults are stored.
 */
import { Config1764000000005 } from './migrations/1764000000005-config';
import { StoredSetting } from './stored-setting.entity';

export { ConfigModule } from './config.module';
export { declaredSettings, defineSettings } from './define-settings';
export { sealedSettings } from './sealed-settings';
export { boolean, choice, integer, list, number, secret, text } from './setting';
export type { Help, Setting, SettingKind, SettingLimits, SettingSpec } from './setting';
export { FixedSettings, Settings } from './settings';
export type { SettingsObserver } from './settings';
export { SettingsRepository } from './settings.repository';
export { SettingsService } from './settings.service';
export type { ChangeRequest, SettingChange, SettingDescription } from './settings.service';

export const configEntities = [StoredSetting];
export const configMigrations = [Config1764000000005];
