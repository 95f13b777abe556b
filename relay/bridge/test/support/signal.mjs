import {
  Curve,
  DEFAULT_CONNECTION_CONFIG,
  addTransactionCapability,
  generateSignalPubKey,
  initAuthCreds,
  proto,
  unpadRandomMax16,
  writeRandomPadMax16,
} from '@whiskeysockets/baileys';

export const SILENT = { level: 'silent', child: () => SILENT, trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/** Keys in memory, for the other side of a conversation. */
function memoryKeys() {
  const tables = {};
  return {
    get: (type, ids) => Object.fromEntries(ids.filter((id) => tables[type]?.[id]).map((id) => [id, tables[type][id]])),
    set(data) {
      for (const [type, entries] of Object.entries(data)) Object.assign((tables[type] ??= {}), entries);
    },
  };
}

export const transactional = (keys) => addTransactionCapability(keys, SILENT, { maxCommitRetries: 1, delayBetweenTriesMs: 1 });

/** Somebody with the real Signal of Baileys, who writes to the holder of `bundle`. */
export class Peer {
  #preKeys = 0;
  /** Groups in which this one can read. */
  #groups = new Set();

  /** `lid` is the other name of the same device: whoever knows that may write to it. */
  constructor(jid, lid) {
    this.jid = jid;
    this.names = [jid, lid];
    const auth = { creds: initAuthCreds(), keys: transactional(memoryKeys()) };
    this.creds = auth.creds;
    this.keys = auth.keys;
    this.repository = DEFAULT_CONNECTION_CONFIG.makeSignalRepository(auth, SILENT, async () => []);
  }

  meet(jid, session) {
    return this.repository.injectE2ESession({ jid, session });
  }

  /** What the server hands out to those who write to this peer first. */
  async bundle() {
    const preKey = newPreKey();
    const id = (this.#preKeys += 1);
    await this.keys.set({ 'pre-key': { [id]: preKey } });
    return bundleOf(this.creds, id, preKey);
  }

  /** Whether there is anything in a stanza for this device. */
  concerns(node) {
    return this.#mine(node) !== undefined || this.#groups.has(node.attrs.to);
  }

  /** What is sealed for this device: among the others, or alone, where it had to be sent again. */
  #mine({ attrs, content }) {
    const all = content.find(({ tag }) => tag === 'participants');
    if (all) return all.content.find(({ attrs: { jid } }) => this.names.includes(jid))?.content[0];
    return this.names.includes(attrs.to) ? content.find(({ tag }) => tag === 'enc') : undefined;
  }

  /** What this device reads in a stanza to a person; nothing where there is nothing for this one. */
  async read(node, from) {
    const mine = this.#mine(node);
    if (!mine) return undefined;
    const { attrs, content } = mine;
    return opened(await this.repository.decryptMessage({ jid: from, type: attrs.type, ciphertext: content }));
  }

  /** What this peer reads in a stanza to a group: the sender's key first, where it is there. */
  async readInGroup(node, from) {
    const [sealed] = node.content.filter(({ tag }) => tag === 'enc');
    const key = await this.read(node, from);
    if (key) await this.repository.processSenderKeyDistributionMessage({ authorJid: from, item: key.senderKeyDistributionMessage });
    this.#groups.add(node.attrs.to);
    return opened(await this.repository.decryptGroupMessage({ group: node.attrs.to, authorJid: from, msg: sealed.content }));
  }

  /** A stanza with a text for somebody that this peer has met. */
  async write(to, id, text, more = {}) {
    const data = writeRandomPadMax16(proto.Message.encode({ conversation: text, ...more }).finish());
    const { type, ciphertext } = await this.repository.encryptMessage({ jid: to, data });
    return stanza({ from: this.jid, id }, type, ciphertext);
  }

  /** A stanza with a text for a group, and the key that its members need first. */
  async writeToGroup(group, id, text, more = {}) {
    const data = writeRandomPadMax16(proto.Message.encode({ conversation: text, ...more }).finish());
    const sealed = await this.repository.encryptGroupMessage({ group, meId: this.jid, data });
    return { node: stanza({ from: group, participant: this.jid, id }, 'skmsg', sealed.ciphertext), key: sealed.senderKeyDistributionMessage };
  }
}

const opened = (bytes) => proto.Message.decode(unpadRandomMax16(bytes));

const stanza = (attrs, type, ciphertext) => ({
  tag: 'message',
  attrs: { t: '1795145208', notify: 'Peer', ...attrs },
  content: [{ tag: 'enc', attrs: { v: '2', type }, content: Buffer.from(ciphertext) }],
});

/** What a stranger needs to write to the owner of these credentials. */
export function bundleOf(creds, preKeyId, preKey) {
  const { keyPair, signature, keyId } = creds.signedPreKey;
  return {
    registrationId: creds.registrationId,
    identityKey: generateSignalPubKey(creds.signedIdentityKey.public),
    signedPreKey: { keyId, publicKey: generateSignalPubKey(keyPair.public), signature },
    ...(preKey && { preKey: { keyId: preKeyId, publicKey: generateSignalPubKey(preKey.public) } }),
  };
}

const key = (bytes) => generateSignalPubKey(Buffer.from(bytes));
const number = (bytes) => Buffer.from(bytes).readUIntBE(0, bytes.length);

/** The same, as a device says it that asks for a message again; nothing where it gives no keys. */
export function bundleOfRetry(content) {
  const inside = (nodes, tag) => nodes.find((node) => node.tag === tag)?.content;
  const keys = inside(content, 'keys');
  if (!keys) return undefined;
  const numbered = (tag) => ({ keyId: number(inside(inside(keys, tag), 'id')), publicKey: key(inside(inside(keys, tag), 'value')) });
  return {
    registrationId: number(inside(content, 'registration')),
    identityKey: key(inside(keys, 'identity')),
    signedPreKey: { ...numbered('skey'), signature: inside(inside(keys, 'skey'), 'signature') },
    preKey: numbered('key'),
  };
}

/** The same, as a device that links says it. */
export function bundleOfPayload({ eRegid, eIdent, eSkeyId, eSkeyVal, eSkeySig }) {
  return {
    registrationId: number(eRegid),
    identityKey: key(eIdent),
    signedPreKey: { keyId: number(eSkeyId), publicKey: key(eSkeyVal), signature: Buffer.from(eSkeySig) },
  };
}

export const newPreKey = () => Curve.generateKeyPair();
