// @ts-check
/** The test stand: upstream, bare proxy, gateway and load generator, each its own process, all on loopback. */
import { once } from 'node:events';
import { setupRoot } from '../support/gateway/admin-api.mjs';
import { startGatewayProcess } from '../support/gateway/process.mjs';
import { startChild } from './child.mjs';

/**
 * @typedef {{ name: 'direct' | 'bare' | 'gateway', url: string, key: string, pid: number }} Target
 *
 * @typedef {object} Stand
 * @property {Record<Target['name'], Target>} targets
 * @property {Target[]} gateways all processes of the gateway; the first is the one in `targets`
 * @property {(job: import('./load.mjs').Job) => Promise<import('./load.mjs').Load>} load
 * @property {() => Promise<number>} settled requests the gateway has charged
 * @property {() => Promise<void>} close
 */

const MODELS = ['bench-plain', 'bench-stream', 'bench-body', 'bench-large-body', 'bench-slow-stream'];
const TRANSLATED = ['bench-translate', 'bench-translate-stream'];
const PRICES = { inputPerMTok: 2.5, outputPerMTok: 10 };
/** As in `npm start`. */
const START_ARGUMENTS = ['--max-semi-space-size=8'];
const BALANCE_USD = 1_000_000;
/** Wide enough never to refuse, present so that admission does its whole work. */
const LIMITS = { rpm: 100_000_000, tpm: 1_000_000_000, concurrency: 10_000 };

/**
 * @param {{ processes?: number, env?: Record<string, string> }} [options] `env` for the gateways: several need a common database
 * @returns {Promise<Stand>}
 */
export async function startStand({ processes = 1, env = {} } = {}) {
  const upstream = await startChild('fixed-upstream.mjs');
  const upstreamUrl = `http://127.0.0.1:${upstream.hello.port}`;
  const bare = await startChild('bare-proxy.mjs', [upstreamUrl]);
  const generator = await startChild('load.mjs');
  const gateway = await startGatewayProcess({ nodeArguments: START_ARGUMENTS, env });
  const { key, settled } = await prepare(gateway.url, upstreamUrl);
  /** @type {import('../support/gateway/process.mjs').Gateway[]} */
  const others = [];
  for (let n = 1; n < processes; n++) others.push(await startGatewayProcess({ nodeArguments: START_ARGUMENTS, env }));
  return {
    gateways: [gateway, ...others].map(({ url, pid }) => ({ name: 'gateway', url: `${url}/v1`, key, pid })),
    targets: {
      direct: { name: 'direct', url: `${upstreamUrl}/v1`, key: 'none', pid: upstream.child.pid ?? 0 },
      bare: { name: 'bare', url: `http://127.0.0.1:${bare.hello.port}/v1`, key: 'none', pid: bare.child.pid ?? 0 },
      gateway: { name: 'gateway', url: `${gateway.url}/v1`, key, pid: gateway.pid },
    },
    load: async (job) => {
      generator.child.send(job);
      return (await once(generator.child, 'message'))[0];
    },
    settled,
    close: async () => {
      for (const { child } of [generator, bare, upstream]) child.disconnect();
      for (const one of [...others, gateway]) await one.discard();
    },
  };
}

/**
 * @param {string} url
 * @param {string} upstreamUrl
 */
async function prepare(url, upstreamUrl) {
  const api = await setupRoot(url);
  const keys = ['bench-credential'];
  await api.createChannel({ name: 'bench', baseUrl: `${upstreamUrl}/v1`, keys, models: MODELS });
  await api.createChannel({ name: 'other', provider: 'anthropic', baseUrl: upstreamUrl, keys, models: TRANSLATED });
  for (const model of [...MODELS, ...TRANSLATED]) await api.setPrice(model, PRICES);
  const me = await api.me();
  await api.adjust(me.id, BALANCE_USD);
  const { key } = await api.createKey({ name: 'bench', ...LIMITS });
  return { key, settled: async () => (await api.me()).requestCount };
}
