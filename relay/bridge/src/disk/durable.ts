import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** What writes a file to disk; a test gives one that fails. */
export interface Disk {
  write(fd: number, data: Uint8Array): number;
  sync(fd: number): void;
}

export const realDisk: Disk = { write: (fd, data) => writeSync(fd, data), sync: fsyncSync };

/** Writes all of `data`, however little of it each call takes. */
export function writeAll(disk: Disk, fd: number, data: Uint8Array): void {
  for (let at = 0; at < data.length; ) {
    const written = disk.write(fd, data.subarray(at));
    if (written <= 0) throw new Error('the disk takes no more bytes');
    at += written;
  }
}

/**
 * Replaces a file: the new content is on disk under another name before it takes the place of the old one.
 * Whatever fails, the old file stays as it was.
 */
export function replaceFile(path: string, data: Uint8Array | Iterable<Uint8Array>, disk: Disk = realDisk): void {
  const fresh = `${path}.new`;
  try {
    const fd = openSync(fresh, 'w', 0o600);
    try {
      for (const part of data instanceof Uint8Array ? [data] : data) writeAll(disk, fd, part);
      disk.sync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
}

/** Makes the names in a folder durable. Where a folder cannot be synced (Windows), its file system does that itself. */
export function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
