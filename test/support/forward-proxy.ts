/** Proxies a channel may use: HTTP's CONNECT and SOCKS5, both with a user and a password. */
import { createServer, type Server } from 'node:http';
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Server as TcpServer,
  type Socket,
} from 'node:net';

export interface ForwardProxy {
  /** Without user and password. */
  readonly host: string;
  /** Where its callers were taken. */
  readonly targets: readonly string[];
  close(): Promise<void>;
}

export const LOGIN = { user: 'proxy-user', password: 'proxy-secret' };

export async function startHttpProxy(): Promise<ForwardProxy> {
  const targets: string[] = [];
  const expected = `Basic ${Buffer.from(`${LOGIN.user}:${LOGIN.password}`).toString('base64')}`;
  const server = createServer((_incoming, outgoing) => outgoing.writeHead(405).end());
  server.on('connect', (incoming, socket: Socket) => {
    if (incoming.headers['proxy-authorization'] !== expected)
      return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    targets.push(incoming.url ?? '');
    const [host, port] = (incoming.url ?? '').split(':');
    join(socket, { host, port: Number(port) }, 'HTTP/1.1 200 Connection Established\r\n\r\n');
  });
  return listening(server, targets);
}

/** https://www.rfc-editor.org/rfc/rfc1928 and 1929, for one address given as IPv4 or as a name. */
export async function startSocksProxy(): Promise<ForwardProxy> {
  const targets: string[] = [];
  const server = createTcpServer((socket) => {
    socket.once('data', () => {
      socket.write(Buffer.from([5, 2]));
      socket.once('data', (login) => {
        const length = login[1]!;
        const user = login.toString('utf8', 2, 2 + length);
        const password = login.toString('utf8', 3 + length);
        if (user !== LOGIN.user || password !== LOGIN.password) return void socket.end(Buffer.from([1, 1]));
        socket.write(Buffer.from([1, 0]));
        socket.once('data', (order) => {
          const isName = order[3] === 3;
          const host = isName ? order.toString('utf8', 5, 5 + order[4]!) : [...order.subarray(4, 8)].join('.');
          const port = order.readUInt16BE(order.length - 2);
          targets.push(`${host}:${port}`);
          join(socket, { host, port }, Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
        });
      });
    });
  });
  return listening(server, targets);
}

function join(caller: Socket, to: { host: string | undefined; port: number }, welcome: string | Buffer): void {
  const target = connect(to.port, to.host, () => {
    caller.write(welcome);
    caller.pipe(target).pipe(caller);
  });
  target.on('error', () => caller.destroy());
  caller.on('error', () => target.destroy());
}

async function listening(server: Server | TcpServer, targets: string[]): Promise<ForwardProxy> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port
  return {
    host: `127.0.0.1:${port}`,
    targets,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
