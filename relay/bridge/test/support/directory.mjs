const leaf = (tag, content) => ({ tag, attrs: {}, content: Buffer.from(content) });
const number = (value, length) => {
  const bytes = Buffer.alloc(length);
  bytes.writeUIntBE(value, 0, length);
  return bytes;
};
const key = (tag, { keyId, publicKey, signature }) => {
  const parts = [leaf('id', number(keyId, 3)), leaf('value', publicKey.subarray(1))];
  return { tag, attrs: {}, content: signature ? [...parts, leaf('signature', signature)] : parts };
};

/** What WhatsApp knows of people: their devices, their LIDs, the keys of each device, and who is in which group. */
export class Directory {
  #people = [];
  #groups = new Map();

  constructor(server) {
    const { encrypt } = server.answers;
    server.answers.usync = (node) => this.#usync(node);
    server.answers.encrypt = (node) => (node.content[0].tag === 'key' ? this.#keys(node.content[0]) : encrypt(node));
    server.answers['w:g2'] = (node) => this.#group(node);
  }

  /** Somebody, whose `devices` are Signal peers by their number. */
  add(jid, lid, devices) {
    this.#people.push({ jid, lid, devices });
  }

  group(jid, subject, members) {
    this.#groups.set(jid, { subject, members });
  }

  #find(jid) {
    const [user, server] = jid.split('@');
    const [name, device = '0'] = user.split(':');
    const person = this.#people.find((one) => [one.jid, one.lid].includes(`${name}@${server}`));
    return { person, device: Number(device) };
  }

  #usync({ content: [{ content }] }) {
    const asked = content.find(({ tag }) => tag === 'list').content;
    const users = asked.flatMap((user) => {
      const contact = user.content?.find?.(({ tag }) => tag === 'contact');
      const phone = contact && `${contact.content}`.replace('+', '');
      const { person } = this.#find(user.attrs.jid ?? `${phone}@s.whatsapp.net`);
      if (!person) return [];
      const devices = [...person.devices.keys()].map((id) => ({ tag: 'device', attrs: { id: `${id}`, ...(id > 0 && { 'key-index': '1' }) } }));
      const about = [
        { tag: 'devices', attrs: {}, content: [{ tag: 'device-list', attrs: {}, content: devices }] },
        { tag: 'lid', attrs: { val: person.lid } },
        { tag: 'contact', attrs: { type: 'in' } },
      ];
      return [{ tag: 'user', attrs: { jid: user.attrs.jid ?? person.jid }, content: about }];
    });
    return [{ tag: 'usync', attrs: {}, content: [{ tag: 'result', attrs: {} }, { tag: 'list', attrs: {}, content: users }] }];
  }

  async #keys({ content }) {
    const users = await Promise.all(
      content.map(async ({ attrs: { jid } }) => {
        const { person, device } = this.#find(jid);
        const bundle = await person.devices.get(device).bundle();
        const about = [leaf('registration', number(bundle.registrationId, 4)), leaf('type', [5]), leaf('identity', bundle.identityKey.subarray(1))];
        return { tag: 'user', attrs: { jid }, content: [...about, key('skey', bundle.signedPreKey), key('key', bundle.preKey)] };
      }),
    );
    return [{ tag: 'list', attrs: {}, content: users }];
  }

  #group({ attrs: { to } }) {
    const groups = [...this.#groups].filter(([jid]) => to === '@g.us' || to === jid);
    const nodes = groups.map(([jid, { subject, members }]) => ({
      tag: 'group',
      attrs: { id: jid.split('@')[0], subject, creation: '1', s_t: '1', addressing_mode: 'pn' },
      content: members.map((one) => ({ tag: 'participant', attrs: { jid: one } })),
    }));
    return to === '@g.us' ? [{ tag: 'groups', attrs: {}, content: nodes }] : nodes;
  }
}
