import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { guardedLookup } from '../transport/guarded-lookup';

type Connected = (error: Error | null, socket?: Socket) => void;

/** Where the connection is to lead, as `ws` names it. */
export interface Target {
  readonly host: string;
  readonly port: number | string;
}

/** Opens connections through an HTTP proxy, which looks up the upstream's name. `secure`: the upstream speaks TLS. */
export const tunnel = (proxy: string, secure: boolean, timeout: number) => (target: Target, done: Connected) => {
  const { protocol, hostname, port, username, password } = new URL(proxy);
  const authority = `${isIP(target.host) === 6 ? `[${target.host}]` : target.host}:${target.port}`;
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const request = (protocol === 'https:' ? httpsRequest : httpRequest)({
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port: port || (protocol === 'https:' ? 443 : 80),
    method: 'CONNECT',
    path: authority,
    headers: {
      host: authority,
      ...(username && { 'proxy-authorization': `Basic ${Buffer.from(user).toString('base64')}` }),
    },
    agent: false,
    lookup: guardedLookup,
    timeout,
  });
  request.once('connect', ({ statusCode }, socket: Socket) => {
    if (statusCode === 200) return done(null, secure ? overTls(socket, target.host) : socket);
    socket.destroy();
    done(new Error(`Proxy response (${statusCode})`));
  });
  request.once('timeout', () => request.destroy(new Error('The proxy did not answer in time.')));
  request.once('error', done);
  request.end();
};

const overTls = (socket: Socket, host: string): Socket =>
  connectTls({ socket, ...(isIP(host) ? {} : { servername: host }) });
