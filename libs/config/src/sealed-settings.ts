import type { SealedPlace } from '@app/platform/secrets';
import { StoredSetting } from './stored-setting.entity';

/** What `SecretBox` binds a sealed setting to. */
export const secretContext = (path: string): string => `setting:${path}`;

export const sealedSettings: SealedPlace = {
  name: 'settings',
  entity: StoredSetting,
  key: 'key',
  property: 'value',
  context: secretContext,
};
