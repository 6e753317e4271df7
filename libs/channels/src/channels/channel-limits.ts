/** How much of anything one channel may hold; lengths in characters unless they say bytes. */
export const channelLimits = {
  keys: 1000,
  keyLength: 16_384,
  models: 5000,
  modelLength: 200,
  mappings: 5000,
  groups: 100,
  tags: 50,
  labelLength: 64,
  weight: 10_000,
  priority: 1_000_000,
  headers: 50,
  headerLength: 4096,
  settingsBytes: 65_536,
} as const;
