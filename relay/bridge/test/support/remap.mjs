// The bridge of a test build, whose files are where `media-host` beside it says, and not at WhatsApp.
import { readFileSync } from 'node:fs';

const { fetch } = globalThis;
globalThis.fetch = (address, options) => {
  const url = new URL(address);
  if (url.host === 'mmg.whatsapp.net') url.host = readFileSync(new URL('media-host', import.meta.url), 'utf8');
  return fetch(url, options);
};
await import('./main.js');
