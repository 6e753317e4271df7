import { connect, createServer, type Server, type Socket } from 'node:net';

type Mode = 'open' | 'cut' | 'silent';

/** Stands between a client and a service of the test machine, so that a test can take the service away and give it back. */
export class TcpProxy {
  private mode: Mode = 'open';
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {
    server.on('connection', (client) => this.accept(client));
  }

  /** Listens on a free port in front of the service at `address`. */
  static async before(address: string): Promise<TcpProxy> {
    const server = createServer();
    const proxy = new TcpProxy(server, new URL(address));
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    return proxy;
  }

  /** The service's address with this proxy's host and port. */
  get address(): string {
    const url = new URL(this.target);
    const local = this.server.address();
    if (local === null || typeof local === 'string') throw new Error('not listening');
    url.host = `127.0.0.1:${local.port}`;
    return url.href;
  }

  /** Connections break, new ones are dropped. */
  cut(): void {
    this.mode = 'cut';
    for (const socket of this.sockets) socket.destroy();
  }

  /** Connections stay, but nothing gets through any more. */
  silence(): void {
    this.mode = 'silent';
    for (const socket of this.sockets) socket.pause();
  }

  heal(): void {
    this.mode = 'open';
    for (const socket of this.sockets) socket.resume();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((closed) => this.server.close(closed));
  }

  private accept(client: Socket): void {
    if (this.mode === 'cut') {
      client.destroy();
      return;
    }
    const upstream = connect(Number(this.target.port), this.target.hostname);
    this.join(client, upstream);
    this.join(upstream, client);
    if (this.mode === 'silent') this.silence();
  }

  private join(from: Socket, to: Socket): void {
    this.sockets.add(from);
    from.on('data', (bytes) => to.write(bytes));
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.sockets.delete(from);
      to.destroy();
    });
  }
}
