import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import { aesEncryptGCM, getMediaKeys, hkdf, proto } from '@whiskeysockets/baileys';

const sha256 = (bytes) => createHash('sha256').update(bytes).digest();
const seal = (macKey, iv, bytes) => createHmac('sha256', macKey).update(iv).update(bytes).digest().subarray(0, 10);

/** The place at WhatsApp where files are, sealed, over TLS of a test's own authority. */
export class Files {
  #kept = new Map();
  /** Of which message a file is, and with which key it is sealed. */
  #sent = new Map();
  /** The status that is answered for a file, by its path, in the place of the file. */
  faults = new Map();
  /** The paths that were asked for, in order. */
  asked = [];
  /** How often the phone was asked to upload a file once more. */
  uploads = 0;

  /** Listens; `server` then tells its clients where. Gives the host. */
  async listen(server, tls) {
    const web = createServer(tls, (request, response) => this.#serve(request, response));
    await once(web.listen(0, '127.0.0.1'), 'listening');
    web.unref();
    const hostname = `127.0.0.1:${web.address().port}`;
    const host = { tag: 'host', attrs: { hostname, maxContentLengthBytes: '104857600' } };
    server.answers['w:m'] = () => [{ tag: 'media_conn', attrs: { auth: 'auth', ttl: '3600' }, content: [host] }];
    return hostname;
  }

  /** Seals the file of a message as its sender does, and keeps it. Gives what the message says of it. */
  async put({ data, status, kind = 'image' }, id) {
    const bytes = Buffer.from(data, 'base64');
    const mediaKey = randomBytes(32);
    const { cipherKey, iv, macKey } = await getMediaKeys(mediaKey, kind);
    const cipher = createCipheriv('aes-256-cbc', cipherKey, iv);
    const sealed = Buffer.concat([cipher.update(bytes), cipher.final()]);
    const whole = Buffer.concat([sealed, seal(macKey, iv, sealed)]);
    const directPath = `/v/${randomBytes(8).toString('hex')}`;
    this.#kept.set(directPath, whole);
    if (status) this.faults.set(directPath, status);
    this.#sent.set(id, { directPath, mediaKey });
    const url = `https://mmg.whatsapp.net${directPath}`;
    return { url, directPath, mediaKey, fileSha256: sha256(bytes), fileEncSha256: sha256(whole), fileLength: bytes.length };
  }

  /** Opens a file as its reader does. Gives its bytes in base64; throws where anything is not as the message says. */
  async open({ directPath, mediaKey, fileSha256, fileEncSha256 }) {
    const whole = this.#kept.get(directPath);
    if (!sha256(whole).equals(Buffer.from(fileEncSha256))) throw new Error('other bytes than the message says');
    const { cipherKey, iv, macKey } = await getMediaKeys(mediaKey, 'image');
    const sealed = whole.subarray(0, -10);
    if (!seal(macKey, iv, sealed).equals(whole.subarray(-10))) throw new Error('not sealed by its sender');
    const cipher = createDecipheriv('aes-256-cbc', cipherKey, iv);
    const bytes = Buffer.concat([cipher.update(sealed), cipher.final()]);
    if (!sha256(bytes).equals(Buffer.from(fileSha256))) throw new Error('another file than the message says');
    return bytes.toString('base64');
  }

  /** From now on the phone uploads a file once more when it is asked to, or has it no longer. */
  uploadAgain(server, given) {
    server.removeAllListeners('reupload');
    server.on('reupload', ({ attrs: { id }, content }) => {
      this.uploads += 1;
      const rmr = content.find(({ tag }) => tag === 'rmr');
      const answer = given ? this.#again(id) : [{ tag: 'error', attrs: { code: '2' } }];
      server.send({ tag: 'notification', attrs: { type: 'mediaretry', id, from: 's.whatsapp.net' }, content: [rmr, ...answer] });
    });
  }

  #again(id) {
    const { directPath: gone, mediaKey } = this.#sent.get(id);
    const directPath = `${gone}-again`;
    this.#kept.set(directPath, this.#kept.get(gone));
    const { SUCCESS } = proto.MediaRetryNotification.ResultType;
    const plain = proto.MediaRetryNotification.encode({ stanzaId: id, directPath, result: SUCCESS }).finish();
    const iv = randomBytes(12);
    const key = hkdf(mediaKey, 32, { info: 'WhatsApp Media Retry Notification' });
    const sealed = aesEncryptGCM(plain, key, iv, Buffer.from(id));
    const content = [['enc_p', sealed], ['enc_iv', iv]].map(([tag, bytes]) => ({ tag, attrs: {}, content: bytes }));
    return [{ tag: 'encrypt', attrs: {}, content }];
  }

  async #serve(request, response) {
    const { pathname } = new URL(request.url, 'https://127.0.0.1');
    if (request.method === 'POST') {
      const whole = Buffer.concat(await request.toArray());
      this.#kept.set(pathname, whole);
      response.end(JSON.stringify({ url: `https://mmg.whatsapp.net${pathname}`, direct_path: pathname }));
      return;
    }
    this.asked.push(pathname);
    const file = this.#kept.get(pathname);
    response.statusCode = this.faults.get(pathname) ?? (file ? 200 : 404);
    response.end(response.statusCode === 200 ? file : undefined);
  }
}
