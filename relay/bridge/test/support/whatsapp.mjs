import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startWhatsAppServer } from '@openclaw/crabline';
import { BufferJSON, Curve, initAuthCreds } from '@whiskeysockets/baileys';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';

export const ME = '15550000000@s.whatsapp.net';

/** The independent fake of WhatsApp: real Noise and Signal, people whom a test lets write. */
export async function fakeWhatsApp(t, folder) {
  const recorderPath = join(folder, 'recorded.jsonl');
  const server = await startWhatsAppServer({ selfJid: ME, recorderPath });
  let closing;
  const close = () => (closing ??= server.close());
  t.after(close);
  const { endpoints, adminToken } = server.manifest;
  return {
    url: endpoints.baileysWebSocketUrl,
    close,
    /** Somebody writes to us. */
    async write(chatJid, text, { senderJid = chatJid, messageId } = {}) {
      const response = await fetch(endpoints.adminInboundUrl, {
        method: 'POST',
        headers: { authorization: `Bearer ${adminToken}`, 'x-crabline-admin-token': adminToken, 'content-type': 'application/json' },
        body: JSON.stringify({ chatJid, senderJid, text, messageId }),
      });
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
      return response.json();
    },
    /** Everything the server saw, messages to people decrypted. */
    recorded: () => readFileSync(recorderPath, 'utf8').trim().split('\n').map((line) => JSON.parse(line)),
  };
}

/** Credentials as a phone that linked leaves them. */
export function linkedCredentials(me = ME) {
  const creds = initAuthCreds();
  const key = Curve.generateKeyPair();
  return {
    ...creds,
    me: { id: me.replace('@', ':1@'), name: 'Owner' },
    account: {
      details: randomBytes(16),
      accountSignatureKey: key.public,
      accountSignature: randomBytes(64),
      deviceSignature: randomBytes(64),
    },
    signalIdentities: [{ identifier: { name: me, deviceId: 0 }, identifierKey: Buffer.concat([Buffer.from([5]), key.public]) }],
    platform: 'android',
  };
}

/** Writes credentials as another program leaves them in its folder. */
export function writeLogin(folder, creds = linkedCredentials()) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'creds.json'), JSON.stringify(creds, BufferJSON.replacer));
  return creds;
}
