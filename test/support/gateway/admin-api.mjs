// @ts-check
/**
 * The control plane as API.md fixes it, as far as the tests use it.
 *
 * @typedef {object} ChannelInput
 * @property {string} name
 * @property {string} [provider]
 * @property {string} [baseUrl]
 * @property {readonly string[]} keys
 * @property {readonly string[]} models
 * @property {readonly string[]} [protocols]
 * @property {Record<string, string>} [modelMapping]
 * @property {readonly string[]} [groups]
 * @property {object} [settings]
 * @property {number} [priority]
 * @property {number} [weight]
 *
 * @typedef {{ id: string, name: string, status: string, statusReason: string | null, keys: { id: string, preview: string, status: string, reason: string | null, nextProbeAt: string | null }[], pauses: { model: string | null, until: string, reason: string | null, state: string }[] }} Channel
 * @typedef {{ id: string, name: string, key: string, status: string, usedUsd: number, keyPreview: string }} ApiKey
 * @typedef {{ id: string, username: string, balanceUsd: number, usedUsd: number, requestCount: number }} User
 *
 * @typedef {object} UsageRow
 * @property {string} id
 * @property {string} requestId
 * @property {string} createdAt
 * @property {string} userId
 * @property {string} tokenId
 * @property {string | null} channelId
 * @property {string} model
 * @property {string | null} upstreamModel
 * @property {string} protocol
 * @property {boolean} stream
 * @property {'ok' | 'error' | 'aborted'} status
 * @property {number} httpStatus
 * @property {number} inputTokens
 * @property {number} outputTokens
 * @property {number} cacheReadTokens
 * @property {number} cacheWriteTokens
 * @property {number} reasoningTokens
 * @property {string | null} errorCode
 * @property {string | null} ending
 * @property {number} costUsd
 * @property {number} durationMs
 * @property {number | null} firstByteMs
 * @property {Attempt[]} attempts
 * @property {'upstream' | 'estimated' | null} usageSource
 * @property {readonly string[] | null} dropped
 *
 * @typedef {{ channelId: string, credentialId: string, credential?: string, status: number | null, errorCode: string | null, reason: string | null }} Attempt
 * @typedef {{ id: string, kind: string, amountUsd: number, balanceAfterUsd: number, requestId: string | null }} LedgerEntry
 */

const ROOT = { username: 'root', password: 'correct-horse-battery-staple' };

export class AdminApi {
  /**
   * @param {string} url
   * @param {string | null} token
   */
  constructor(url, token) {
    this.url = url;
    this.token = token;
  }

  /**
   * Answers the body; any other status than expected is an error that shows it.
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @returns {Promise<any>}
   */
  async call(method, path, body) {
    const response = await this.send(method, path, body);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 2_000)}`);
    return text === '' ? null : JSON.parse(text);
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   */
  send(method, path, body) {
    return fetch(`${this.url}/api${path}`, {
      method,
      headers: {
        ...(this.token && { authorization: `Bearer ${this.token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
  }

  /** @param {ChannelInput} input @returns {Promise<Channel>} */
  createChannel(input) {
    return this.call('POST', '/channels', { provider: 'openai', ...input });
  }

  /** @param {string} id @returns {Promise<Channel>} */
  channel(id) {
    return this.call('GET', `/channels/${id}`);
  }

  /** @param {string} id @param {Partial<ChannelInput> & { status?: string }} change @returns {Promise<Channel>} */
  changeChannel(id, change) {
    return this.call('PATCH', `/channels/${id}`, change);
  }

  /** @param {string} id */
  deleteChannel(id) {
    return this.call('DELETE', `/channels/${id}`);
  }

  /** @param {Record<string, unknown>} [input] @returns {Promise<ApiKey>} */
  createKey(input = {}) {
    return this.call('POST', '/tokens', { name: 'test', ...input });
  }

  /** @param {string} id @param {Record<string, unknown>} change @returns {Promise<ApiKey>} */
  changeKey(id, change) {
    return this.call('PATCH', `/tokens/${id}`, change);
  }

  /** @param {{ username: string, password: string, group?: string }} input @returns {Promise<User>} */
  createUser(input) {
    return this.call('POST', '/users', input);
  }

  /** @param {string} id @returns {Promise<User>} */
  user(id) {
    return this.call('GET', `/users/${id}`);
  }

  /** @returns {Promise<User>} */
  me() {
    return this.call('GET', '/users/me');
  }

  /** @param {string} userId @param {number} amountUsd */
  adjust(userId, amountUsd, reason = 'test') {
    return this.call('POST', `/users/${userId}/adjustments`, { amountUsd, reason });
  }

  /** Prices in USD per million tokens. @param {string} model @param {Record<string, number>} prices */
  setPrice(model, prices) {
    return this.call('PUT', `/models/${encodeURIComponent(model)}`, { prices });
  }

  /** @param {unknown} tree any part of the settings tree */
  changeSettings(tree) {
    return this.call('PATCH', '/settings', tree);
  }

  /** Newest first. @param {Record<string, string>} filter @returns {Promise<UsageRow[]>} */
  usage(filter) {
    return this.pages('/logs/usage', filter);
  }

  /** Newest first. @param {string} userId @returns {Promise<LedgerEntry[]>} */
  ledger(userId) {
    return this.pages('/ledger', { userId });
  }

  /**
   * Every page of a keyset-paged list.
   * @param {string} path
   * @param {Record<string, string>} filter
   */
  async pages(path, filter) {
    const items = [];
    let cursor = null;
    do {
      const query = new URLSearchParams({ ...filter, limit: '100', ...(cursor && { cursor }) });
      const page = /** @type {{ items: any[], nextCursor: string | null }} */ (
        await this.call('GET', `${path}?${query}`)
      );
      items.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor);
    return items;
  }

  /** A client of another account. @param {{ username: string, password: string }} account */
  async login(account) {
    const session = await this.call('POST', '/auth/login', account);
    return new AdminApi(this.url, session.accessToken);
  }
}

/**
 * Creates the root account of an empty gateway.
 * @param {string} url
 * @returns {Promise<AdminApi>}
 */
export async function setupRoot(url) {
  const session = await new AdminApi(url, null).call('POST', '/setup', ROOT);
  return new AdminApi(url, session.accessToken);
}

/**
 * Signs in where `setupRoot` was before.
 * @param {string} url
 */
export function loginRoot(url) {
  return new AdminApi(url, null).login(ROOT);
}
