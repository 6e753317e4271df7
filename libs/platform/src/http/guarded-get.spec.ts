import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isRefusedAddress } from './addresses';
import { guardedGet, type GuardedRequest } from './guarded-get';

describe('an address', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '0.0.0.0',
    '::1',
    'fc00::1',
    'fd12:3456::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '[::1]',
    'localhost',
    '',
  ])('%j is none of the internet', (address) => expect(isRefusedAddress(address, 'public')).toBe(true));

  it.each(['169.254.169.254', '::ffff:169.254.169.254', 'fe80::1', 'fe80::1%eth0', 'fd00:ec2::254', '100.100.100.200'])(
    '%s is never called',
    (address) => expect(isRefusedAddress(address, 'private')).toBe(true),
  );

  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])('%s is', (address) =>
    expect(isRefusedAddress(address, 'public')).toBe(false),
  );

  it.each(['127.0.0.1', '10.0.0.1', '::1'])('%s is where the operator allows it', (address) =>
    expect(isRefusedAddress(address, 'private')).toBe(false),
  );
});

describe('a guarded request', () => {
  let server: Server;
  let url: string;
  let answer: RequestListener;
  let seen: { url?: string; authorization?: string }[];

  beforeEach(async () => {
    seen = [];
    server = createServer((request, response) => {
      const { authorization } = request.headers;
      seen.push({ url: request.url, ...(authorization && { authorization }) });
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const get = (path: string, more: Partial<GuardedRequest> = {}) =>
    guardedGet({ url: url + path, maxBytes: 1_000, timeoutMs: 20_000, reach: 'private', ...more });

  it('gives the body, its type and where it was found', async () => {
    answer = (_, response) => response.setHeader('content-type', 'text/plain').end('prices');
    expect(await get('/a')).toEqual({
      status: 200,
      url: `${url}/a`,
      contentType: 'text/plain',
      body: Buffer.from('prices'),
    });
  });

  it.each([
    'http://127.0.0.1:PORT/',
    'http://localhost:PORT/',
    'http://[::1]:PORT/',
    'http://2130706433:PORT/',
    'http://0x7f.1:PORT/',
  ])('to %s connects to nothing', async (address) => {
    const target = address.replace('PORT', new URL(url).port);
    await expect(get('', { url: target, reach: 'public' })).rejects.toMatchObject({ code: 'address_refused' });
    expect(seen).toEqual([]);
  });

  it.each(['ftp://example.com/', 'file:///etc/passwd', 'nonsense', 'http://user:secret@127.0.0.1/'])(
    'to %s is refused',
    async (target) => {
      await expect(get('', { url: target })).rejects.toMatchObject({ code: 'invalid_url' });
    },
  );

  it('follows redirects, each looked at anew, and takes no secret to another host', async () => {
    answer = ({ url: path }, response) => {
      if (path === '/first') response.writeHead(302, { location: '/second' }).end();
      else if (path === '/second')
        response.writeHead(307, { location: url.replace('127.0.0.1', 'localhost') + '/third' }).end();
      else response.end('here');
    };
    const { body } = await get('/first', { headers: { authorization: 'Bearer x' } });
    expect(body.toString()).toBe('here');
    expect(seen).toEqual([
      { url: '/first', authorization: 'Bearer x' },
      { url: '/second', authorization: 'Bearer x' },
      { url: '/third' },
    ]);
  });

  it('is not led to a metadata service, nor round in circles', async () => {
    answer = (_, response) => response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end();
    await expect(get('/')).rejects.toMatchObject({ code: 'address_refused' });
    answer = (_, response) => response.writeHead(302, { location: '/' }).end();
    await expect(get('/')).rejects.toMatchObject({ code: 'redirects' });
  });

  it('ends at its bound of bytes, whatever the answer says of its length', async () => {
    answer = (_, response) => {
      response.write('x'.repeat(900));
      response.write('x'.repeat(900));
    };
    await expect(get('/')).rejects.toMatchObject({ code: 'too_large' });
  });

  it('ends when its time is over', async () => {
    answer = (_, response) => response.write('x');
    await expect(get('/', { timeoutMs: 200 })).rejects.toMatchObject({ code: 'timeout' });
  });

  it('tells a status that is no success, and a server that is not there', async () => {
    answer = (_, response) => response.writeHead(404).end('secret details');
    await expect(get('/')).rejects.toMatchObject({ code: 'status', message: 'answered with status 404' });
    await expect(get('', { url: 'http://127.0.0.1:1/' })).rejects.toMatchObject({ code: 'network' });
  });
});
