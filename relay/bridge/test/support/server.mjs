import { EventEmitter } from 'node:events';
import { decodeBinaryNode, encodeBinaryNode } from '@whiskeysockets/baileys';
import { WebSocketServer } from 'ws';
import { PHONE } from './linking.mjs';
import { Responder } from './noise.mjs';
import { bundleOfPayload } from './signal.mjs';

const SERVER = 's.whatsapp.net';

/** A small WhatsApp whose every stanza a test chooses. `nodes` has all that clients sent; `sockets` are counted. */
export class Server extends EventEmitter {
  nodes = [];
  sockets = 0;
  refs = ['2@one', '2@two'];
  /** How the acknowledgement of a message differs, for example by an error; nothing for no acknowledgement. */
  ack = () => ({});
  /** What others need to write to the device that links here. */
  companion;
  /** Answers to questions, by their namespace; what is not here gets an empty result. */
  answers = {
    encrypt: ({ content: [{ tag }] }) => (tag === 'count' ? [{ tag: 'count', attrs: { value: '400' } }] : [{ tag: 'digest', attrs: {} }]),
    privacy: () => [{ tag: 'privacy', attrs: {}, content: [{ tag: 'category', attrs: { name: 'readreceipts', value: 'all' } }] }],
    usync: () => [{ tag: 'usync', attrs: {}, content: [{ tag: 'result', attrs: {} }, { tag: 'list', attrs: {}, content: [] }] }],
  };

  static async start(t, authority) {
    const server = new Server();
    server.web = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await new Promise((done) => server.web.once('listening', done));
    server.url = `ws://127.0.0.1:${server.web.address().port}/ws/chat`;
    server.web.on('connection', (socket) => server.#serve(socket, authority));
    t.after(() => {
      for (const socket of server.web.clients) socket.terminate();
      server.web.close();
    });
    return server;
  }

  /** Messages that no client has acknowledged; each connection gets them again. */
  undelivered = new Map();

  /** Sends a message until a client acknowledges it. */
  deliver(node) {
    this.undelivered.set(node.attrs.id, node);
    if (this.welcomed) this.send(node);
  }

  /** The first stanza of a client, from now or before, that fits. */
  async node(fits) {
    for (;;) {
      const found = this.nodes.find(fits);
      if (found) return found;
      await new Promise((done) => this.once('node', done));
    }
  }

  send(node) {
    const sealed = this.noise.seal(encodeBinaryNode(node));
    this.#frame(sealed);
  }

  streamError(code, content = []) {
    this.send({ tag: 'stream:error', attrs: { code }, content });
  }

  #frame(data) {
    const head = Buffer.alloc(3);
    head.writeUIntBE(data.length, 0, 3);
    this.socket.send(Buffer.concat([head, data]));
  }

  #serve(socket, authority) {
    this.sockets += 1;
    this.socket = socket;
    this.welcomed = false;
    this.noise = new Responder(authority);
    const { noise } = this;
    let step = 0;
    let turn = Promise.resolve();
    const frame = async (data) => {
      step += 1;
      if (step === 1) this.#frame(noise.hello(data));
      else if (step === 2) this.#welcome(noise.finish(data));
      else await this.#take(await decodeBinaryNode(noise.open(data)), socket);
    };
    socket.on('message', (data) => {
      for (const one of noise.frames(data)) turn = turn.then(() => frame(one)).catch(() => socket.terminate());
    });
  }

  #welcome(payload) {
    if (payload.username) {
      this.send({ tag: 'success', attrs: { lid: PHONE.lid, t: '1795145208' } });
      this.welcomed = true;
      const waiting = [...this.undelivered.values()];
      for (const node of waiting) this.send({ ...node, attrs: { ...node.attrs, offline: '1' } });
      this.send({ tag: 'ib', attrs: {}, content: [{ tag: 'offline', attrs: { count: `${waiting.length}` } }] });
      return;
    }
    this.companion = bundleOfPayload(payload.devicePairingData);
    const refs = this.refs.map((ref) => ({ tag: 'ref', attrs: {}, content: Buffer.from(ref) }));
    const attrs = { from: SERVER, type: 'set', id: 'pair', xmlns: 'md' };
    this.send({ tag: 'iq', attrs, content: [{ tag: 'pair-device', attrs: {}, content: refs }] });
  }

  async #take(node, socket) {
    this.nodes.push(node);
    this.emit('node');
    const { tag, attrs } = node;
    if (tag === 'receipt' && attrs.type === 'server-error') return void this.emit('reupload', node);
    if (tag === 'receipt' && this.undelivered.delete(attrs.id)) this.emit('received', attrs.id);
    if (tag === 'iq' && attrs.type !== 'result') {
      const answer = this.answers[attrs.xmlns];
      const made = answer ? await answer(node) : [];
      if (made === undefined || socket !== this.socket) return;
      if (Array.isArray(made)) this.send({ tag: 'iq', attrs: { id: attrs.id, from: SERVER, type: 'result' }, content: made });
      else this.send(made);
    }
    if (tag !== 'message') return;
    const ack = this.ack(node);
    if (ack) this.send({ tag: 'ack', attrs: { class: 'message', id: attrs.id, from: attrs.to, ...ack } });
  }
}
