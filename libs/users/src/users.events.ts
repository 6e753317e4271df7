/** What this lib tells every node through the `ChangeBus`, with the payload of each topic. */
export interface UsersEvents {
  /** Role, status, group or password of a user changed, or the user is gone. */
  readonly 'users.changed': { readonly userId: string };
  /** One session is over. */
  readonly 'sessions.changed': { readonly sessionId: string };
  /** `keyHash` is what the key was found by before the change. */
  readonly 'keys.changed': { readonly keyId: string; readonly keyHash: string };
  readonly 'groups.changed': { readonly name: string };
}
