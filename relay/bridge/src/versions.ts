import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const version = (path: string): string => String((JSON.parse(readFileSync(path, 'utf8')) as { version?: unknown }).version);

/** What runs here. */
export const VERSIONS = {
  proto: 1,
  bridge: version(require.resolve('../package.json')),
  baileys: version(require.resolve('@whiskeysockets/baileys/package.json')),
  node: process.versions.node,
};
