import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Settings } from '@app/config';
import { ENV, type Env } from '@app/platform/env';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { RelayError } from '../relay.errors';
import { relaySettings } from '../relay.settings';
import type { Disk } from './spool';

/**
 * Room on disk for uploads under way. A file loses its name as soon as it is open: the system takes its bytes back with the last
 * handle, also when the process is killed. What a crash left in between is removed at the next start.
 */
@Injectable()
export class UploadFolder implements Disk, OnModuleInit {
  private readonly path: string;
  private used = 0;

  constructor(
    @Inject(ENV) env: Env,
    private readonly settings: Settings,
  ) {
    this.path = join(env.dataDir, 'uploads');
  }

  async onModuleInit(): Promise<void> {
    const left = await readdir(this.path).catch(() => []);
    await Promise.all(left.map((name) => unlink(join(this.path, name)).catch(() => undefined)));
  }

  async open(): Promise<FileHandle> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
    const path = join(this.path, randomUUID());
    const file = await open(path, 'wx+', 0o600);
    // Another node that starts right now may have taken the name away already.
    await unlink(path).catch(() => undefined);
    return file;
  }

  reserve(bytes: number): void {
    if (this.used + bytes > this.settings.get(relaySettings['upload.maxDiskMiB']) * 1024 * 1024)
      throw new RelayError('unavailable', 'Too many uploads are under way.', { retryAfterMs: 2_000 });
    this.used += bytes;
  }

  release(bytes: number): void {
    this.used -= bytes;
  }
}
