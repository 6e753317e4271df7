import { once } from 'node:events';
import { createServer } from 'node:net';
import { type Check, fail, ok, warn } from './check';

const name = 'port';

export const checkPort: Check = async ({ host, port }) => {
  const server = createServer();
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, 'listening');
    return ok(name, `${host}:${port} is free`);
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'EADDRINUSE') {
      return warn(name, `${host}:${port} is in use`, 'Fine if that is One API; otherwise set PORT to a free one.');
    }
    const fix = code === 'EACCES' ? 'Set PORT to 1024 or higher.' : 'Set HOST to an address of this machine.';
    return fail(name, `cannot listen on ${host}:${port}: ${code}`, fix);
  } finally {
    server.close();
  }
};
