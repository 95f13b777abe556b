import { randomBytes } from 'node:crypto';
import {
  Curve,
  aesDecryptCTR,
  aesDecryptGCM,
  aesEncryptCTR,
  derivePairingCodeKey,
  hkdf,
  hmacSign,
  proto,
} from '@whiskeysockets/baileys';

const SERVER = 's.whatsapp.net';
const REG = 'link_code_companion_reg';
/** The account's phone, as it names the device that it links. */
export const PHONE = { jid: '15550000000:1@s.whatsapp.net', lid: '99000:1@lid' };

const leaf = (tag, content) => ({ tag, attrs: {}, content });
const insideOf = (node, tag) => Buffer.from(node.content.find((one) => one.tag === tag).content);

/** The phone of an account, as far as it links devices. */
export class LinkingPhone {
  #identity = Curve.generateKeyPair();

  constructor(server, named = PHONE) {
    this.server = server;
    this.named = named;
  }

  /** Scans a code; the server then asks the client to connect again. */
  async scan(code) {
    const [, , identity, secret] = code.split('#')[1].split(',');
    await this.#accept(Buffer.from(identity, 'base64'), Buffer.from(secret, 'base64'));
  }

  /** From now on whoever asks for a code to type gets one, or is refused. */
  codes(given) {
    const accepted = [{ tag: REG, attrs: { stage: 'companion_hello' }, content: [leaf('link_code_pairing_ref', Buffer.from('ref'))] }];
    const refused = ({ attrs: { id } }) => ({
      tag: 'iq',
      attrs: { id, from: SERVER, type: 'error' },
      content: [{ tag: 'error', attrs: { code: '400', text: 'bad-request' } }],
    });
    this.server.answers.md = given ? () => accepted : refused;
  }

  /** The owner types a code. A wrong one opens nothing, as on a phone. */
  async type(code) {
    const { server } = this;
    const stage = (name) => server.node(({ content }) => content?.[0]?.tag === REG && content[0].attrs.stage === name);
    const [hello] = (await stage('companion_hello')).content;
    const wrapped = insideOf(hello, 'link_code_pairing_wrapped_companion_ephemeral_pub');
    const [salt, iv, sealed] = [wrapped.subarray(0, 32), wrapped.subarray(32, 48), wrapped.subarray(48)];
    const companion = aesDecryptCTR(sealed, await derivePairingCodeKey(code, salt), iv);
    const own = Curve.generateKeyPair();
    const [ownSalt, ownIv] = [randomBytes(32), randomBytes(16)];
    const ownSealed = aesEncryptCTR(own.public, await derivePairingCodeKey(code, ownSalt), ownIv);
    const content = [
      leaf('link_code_pairing_wrapped_primary_ephemeral_pub', Buffer.concat([ownSalt, ownIv, ownSealed])),
      leaf('primary_identity_pub', Buffer.from(this.#identity.public)),
      leaf('link_code_pairing_ref', Buffer.from('ref')),
    ];
    server.send({
      tag: 'notification',
      attrs: { type: REG, from: SERVER, id: 'typed' },
      content: [{ tag: REG, attrs: { stage: 'primary_hello' }, content }],
    });
    const [finish] = (await stage('companion_finish')).content;
    const bundle = insideOf(finish, 'link_code_pairing_wrapped_key_bundle');
    const shared = Curve.sharedKey(own.private, companion);
    const key = hkdf(shared, 32, { salt: bundle.subarray(0, 32), info: 'link_code_pairing_key_bundle_encryption_key' });
    const keys = aesDecryptGCM(bundle.subarray(44), key, bundle.subarray(32, 44), Buffer.alloc(0));
    const identity = keys.subarray(0, 32);
    if (!keys.subarray(32, 64).equals(Buffer.from(this.#identity.public))) throw new Error('the companion answers another phone');
    const both = Buffer.concat([shared, Curve.sharedKey(this.#identity.private, identity), keys.subarray(64)]);
    await this.#accept(identity, Buffer.from(hkdf(both, 32, { info: 'adv_secret' })));
  }

  async #accept(identity, secret) {
    const { server } = this;
    const details = proto.ADVDeviceIdentity.encode({ rawId: 1, timestamp: 1, keyIndex: 1 }).finish();
    const signed = Buffer.concat([Buffer.from([6, 0]), details, identity]);
    const accountSignature = Curve.sign(this.#identity.private, signed);
    const account = { details, accountSignatureKey: this.#identity.public, accountSignature };
    const inside = proto.ADVSignedDeviceIdentity.encode(account).finish();
    const content = proto.ADVSignedDeviceIdentityHMAC.encode({ details: inside, hmac: hmacSign(inside, secret) }).finish();
    const about = [leaf('device-identity', content), { tag: 'device', attrs: this.named }, { tag: 'platform', attrs: { name: 'android' } }];
    const id = `linked-${server.sockets}`;
    server.send({
      tag: 'iq',
      attrs: { from: SERVER, type: 'set', id, xmlns: 'md' },
      content: [{ tag: 'pair-success', attrs: {}, content: about }],
    });
    await server.node(({ tag, attrs }) => tag === 'iq' && attrs.id === id);
    server.streamError('515');
  }
}
