// The independent fake of WhatsApp as a process, for tests of the relay: as stand.mjs, with orders of its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { testBuild } from './bridge.mjs';
import { fakeWhatsApp, writeLogin } from './whatsapp.mjs';

const ALICE = '15551112222@s.whatsapp.net';
const folder = mkdtempSync(join(tmpdir(), 'crabline-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const whatsapp = await fakeWhatsApp({ after() {} }, folder);

const ORDERS = {
  /** Writes a login into a folder, as a phone that linked leaves it. */
  login({ folder }) {
    writeLogin(folder);
    return {};
  },
  /** Alice writes; this server hands it over readable. */
  async write({ id, text }) {
    await whatsapp.write(ALICE, text, { messageId: id });
    return {};
  },
  /** What was sent to Alice, decrypted: the ids and words of the messages. */
  sent() {
    const sent = whatsapp.recorded().map(({ body }) => body).filter((body) => body?.key?.remoteJid === ALICE && body.message);
    return { messages: sent.map(({ key: { id }, message }) => ({ id, text: message.conversation ?? message.extendedTextMessage?.text })) };
  },
};

process.stdout.write(`${JSON.stringify({ url: whatsapp.url, main: testBuild() })}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  const { order, ...fields } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(await ORDERS[order](fields))}\n`);
}
process.exit(0);
