/** The wallet cannot pay for the call. */
export class InsufficientFunds extends Error {
  constructor(readonly walletId: string) {
    super(
      walletId.startsWith('key:')
        ? 'The budget of this API key is used up.'
        : 'The balance of this account is used up.',
    );
    this.name = 'InsufficientFunds';
  }
}

/** Money cannot be reserved right now: the database or the journal's disk is away, or too much waits to be written. */
export class BillingUnavailable extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'BillingUnavailable';
  }
}
