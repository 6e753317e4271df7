import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { static as files, type Request, type Response, type NextFunction } from 'express';

/** `dist/apps/server/src` → the repository's root. */
const root = resolve(__dirname, '../../../..');
const consoleFolder = join(root, 'web', 'dist');

const policy = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'", // Mantine computes style attributes
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "object-src 'none'",
].join('; ');

const outside = /^\/(api|v1|v1beta|mj|suno|healthz|readyz|metrics)(\/|$)/;

const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD';

/** Paths the console itself makes. Anything else is a mistake or a probe, and is told so instead of being shown a page. */
const plainPath = /^(\/[\w.~@:+-]+)*\/?$/;

/** The console: its files for ever where the name holds a hash, its page for every other path that no plane owns. */
export function serveConsole(app: NestExpressApplication): void {
  app.use(securityHeaders);
  if (!existsSync(join(consoleFolder, 'index.html'))) return;
  app.use('/assets', files(join(consoleFolder, 'assets'), { immutable: true, maxAge: '1y', fallthrough: false }));
  app.use(files(consoleFolder, { index: false }));
  app.use((req: Request, res: Response, next: NextFunction) => {
    if (!isRead(req.method) || outside.test(req.path) || !plainPath.test(req.path)) return next();
    res.setHeader('cache-control', 'no-cache');
    res.sendFile(join(consoleFolder, 'index.html'));
  });
}

function securityHeaders(req: Request, res: Response, next: NextFunction): void {
  if (!outside.test(req.path)) res.setHeader('content-security-policy', policy);
  res.setHeader('x-content-type-options', 'nosniff');
  res.setHeader('referrer-policy', 'no-referrer');
  next();
}
