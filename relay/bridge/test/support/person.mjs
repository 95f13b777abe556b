import { EventEmitter } from 'node:events';
import { told, written } from './contents.mjs';
import { Peer, bundleOfRetry } from './signal.mjs';

/** The time so many seconds ago, as stanzas have it. */
const now = (ago = 0) => `${Math.floor(Date.now() / 1000) - ago}`;

/**
 * Somebody with a phone and perhaps more devices, all of which read whatever reaches them. `read` has it in order, in
 * plain words; the event `read` tells of each.
 */
export class Person extends EventEmitter {
  read = [];
  /** How many of the next messages the phone cannot read, and asks for again. */
  deaf = 0;
  #groups = new Set();
  #reading = Promise.resolve();
  #sealed = new Map();

  constructor({ server, directory, files, me }, jid, lid, devices = [0]) {
    super();
    Object.assign(this, { server, files, me, jid, lid, account: me.replace('@', ':1@') });
    const name = (id, whole) => (id === 0 ? whole : whole.replace('@', `:${id}@`));
    this.devices = new Map(devices.map((id) => [id, new Peer(name(id, jid), name(id, lid))]));
    directory.add(jid, lid, this.devices);
    let next = 0;
    server.on('node', () => {
      const news = server.nodes.slice(next);
      next = server.nodes.length;
      for (const node of news) {
        if (node.tag === 'message') this.#reading = this.#reading.then(() => this.#take(node));
        if (node.tag === 'receipt' && node.attrs.type === 'retry') void this.#again(node);
      }
    });
  }

  /** Resolves when everything that came so far was read. */
  settled() {
    return this.#reading;
  }

  /** The devices can write to this login from now on. */
  async meet(bundle) {
    for (const device of this.devices.values()) await device.meet(this.account, bundle);
  }

  /**
   * Writes to the account, or to a group. What is not acknowledged is delivered again. `as` says how WhatsApp names the
   * writer: by the number, with the LID beside it, by the LID, with the number beside it, or by the LID alone.
   */
  async write({ id, group, device = 0, torn = false, as = 'number', ago = 0, ...fields }) {
    const peer = this.devices.get(device);
    const content = await written({ id, ...fields }, (target) => this.#keyOf(target, fields, group), this.files);
    const node = group ? await this.#toGroup(peer, group, id, content) : await peer.write(this.account, id, undefined, content);
    const whole = { ...node, attrs: { ...node.attrs, t: now(ago), ...this.#named(as, group) } };
    if (!group) this.#sealed.set(id, { peer, content });
    this.server.deliver(torn ? damaged(whole) : whole);
  }

  /** Says that a message of the account came, or was read. */
  receipt({ id, type }) {
    this.server.send({ tag: 'receipt', attrs: { id, from: this.jid, t: now(), ...(type && { type }) } });
  }

  typing({ state }) {
    this.server.send({ tag: 'chatstate', attrs: { from: this.jid }, content: [{ tag: state, attrs: {} }] });
  }

  #named(as, group) {
    if (group) return { participant_lid: this.lid };
    return { number: { sender_lid: this.lid }, lid: { from: this.lid, sender_pn: this.jid }, 'lid alone': { from: this.lid } }[as];
  }

  #keyOf(id, { ours = true }, group) {
    const author = ours ? this.me : this.jid;
    return { remoteJid: group ?? this.me, id, fromMe: !ours, participant: group || ours ? author : undefined };
  }

  async #toGroup(peer, group, id, content) {
    const { node, key } = await peer.writeToGroup(group, id, undefined, content);
    if (this.#groups.has(`${peer.jid} ${group}`)) return node;
    this.#groups.add(`${peer.jid} ${group}`);
    const senderKeyDistributionMessage = { groupId: group, axolotlSenderKeyDistributionMessage: key };
    const first = await peer.write(this.account, id, undefined, { senderKeyDistributionMessage });
    return { ...node, content: [...first.content, ...node.content] };
  }

  async #take(node) {
    const { id, to } = node.attrs;
    for (const [device, peer] of this.devices) {
      if (!peer.concerns(node)) continue;
      if (device === 0 && this.deaf > 0) {
        this.deaf -= 1;
        this.#askAgain(id);
        continue;
      }
      const message = await this.#open(peer, node).catch((error) => ({ kind: 'unreadable', text: error.message }));
      this.read.push({ id, chat: to, device, ...message });
      this.emit('read');
    }
  }

  async #open(peer, node) {
    const isGroup = node.attrs.to.endsWith('@g.us');
    return told(await (isGroup ? peer.readInGroup(node, this.account) : peer.read(node, this.account)), this.files);
  }

  #askAgain(id) {
    const registration = Buffer.alloc(4);
    registration.writeUInt32BE(this.devices.get(0).creds.registrationId);
    const retry = { tag: 'retry', attrs: { count: '1', id, t: now(), v: '1' } };
    const content = [retry, { tag: 'registration', attrs: {}, content: registration }];
    this.server.send({ tag: 'receipt', attrs: { id, from: this.jid, t: now(), type: 'retry' }, content });
  }

  /**
   * The account could not read a message of this person: it is sealed once more, under the same id. From the second time
   * on the account gives keys for a new beginning.
   */
  async #again({ attrs: { id }, content: asked }) {
    const sealed = this.#sealed.get(id);
    if (!sealed) return;
    const bundle = bundleOfRetry(asked);
    if (bundle) await sealed.peer.meet(this.account, bundle);
    const node = await sealed.peer.write(this.account, id, undefined, sealed.content);
    const [enc] = node.content;
    this.server.deliver({ ...node, attrs: { ...node.attrs, t: now(), sender_lid: this.lid }, content: [{ ...enc, attrs: { ...enc.attrs, count: '1' } }] });
  }
}

function damaged(node) {
  const [{ content, ...enc }, ...rest] = node.content;
  const bytes = Buffer.from(content);
  bytes[bytes.length - 1] ^= 1;
  return { ...node, content: [{ ...enc, content: bytes }, ...rest] };
}

/** The account's own phone, which gives a new device what it has. */
export class OwnPhone extends Person {
  share(content, id) {
    return this.#tell(id, content, { category: 'peer' });
  }

  /** The owner writes to somebody on the phone: all devices of the account hear of it. */
  says({ id, to, text }) {
    return this.#tell(id, { deviceSentMessage: { destinationJid: to, message: { conversation: text } } }, { recipient: to });
  }

  async #tell(id, content, more) {
    const node = await this.devices.get(0).write(this.account, id, undefined, content);
    this.server.deliver({ ...node, attrs: { ...node.attrs, t: now(), ...more } });
  }
}
