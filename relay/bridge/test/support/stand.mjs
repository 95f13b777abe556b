// A process that plays WhatsApp for tests of the relay: one JSON line says where it is, and each line that it reads is
// an order. It ends with its standard input. An argument is the number of the owner's phone.
import { createInterface } from 'node:readline';
import { remapped, testBuild } from './bridge.mjs';
import { Directory } from './directory.mjs';
import { faultsOf } from './faults.mjs';
import { appStateKeys, historyFile, historyOf, withoutSettings } from './history.mjs';
import { LinkingPhone, PHONE } from './linking.mjs';
import { Files } from './media.mjs';
import { Authority } from './noise.mjs';
import { OwnPhone, Person } from './person.mjs';
import { Server } from './server.mjs';
import { bundleOf } from './signal.mjs';
import { ME as USUAL, linkedCredentials, writeLogin } from './whatsapp.mjs';

// Standard output is for answers: libsignal prints whole sessions there.
for (const level of ['log', 'info', 'warn', 'error']) console[level] = () => {};

const ME = process.argv[2] ? `${process.argv[2]}@s.whatsapp.net` : USUAL;
const ALICE = '15551112222@s.whatsapp.net';
const authority = new Authority();
const server = await Server.start({ after() {} }, authority);
const build = remapped(testBuild(authority.trusted));
const files = new Files();
const linking = new LinkingPhone(server, { ...PHONE, jid: ME.replace('@', ':1@') });
const directory = new Directory(server);
withoutSettings(server);
const place = { server, directory, files, me: ME };
const people = {
  alice: new Person(place, ALICE, '551112222@lid', [0, 2]),
  stranger: new Person(place, '15553334444@s.whatsapp.net', '553334444@lid'),
  phone: new OwnPhone(place, ME, '99000@lid'),
};

/** Everybody can write to this login from now on. */
async function meet(bundle) {
  for (const person of Object.values(people)) await person.meet(bundle);
}

/** The ids of the messages to somebody, each as often as it came. */
const sentTo = (to) => server.nodes.filter(({ tag, attrs }) => tag === 'message' && attrs.to === to).map(({ attrs }) => attrs.id);

const isIn = (wanted, found) => Object.entries(wanted).every(([name, value]) => found?.[name] === value);
const given = new Set();
/** The first of a list, from now or later, that fits and that no order was given before. */
async function first(source, event, list, fits) {
  for (;;) {
    const found = list().find((one) => !given.has(one) && fits(one));
    if (found) {
      given.add(found);
      return found;
    }
    await new Promise((done) => source.once(event, done));
  }
}

const ORDERS = {
  ...faultsOf(server),
  /** Writes a login into a folder, of a phone that linked long ago: it has given its history, and Baileys waits for none. */
  login: async ({ folder }) => meet(bundleOf(writeLogin(folder, { ...linkedCredentials(ME), accountSyncCounter: 1 }))),
  scan: ({ data }) => linking.scan(data).then(() => meet(server.companion)),
  /** Whether a code to type is given, when somebody asks for one. */
  code: ({ given: isGiven }) => linking.codes(isGiven),
  /** The owner types the code on the phone. */
  type: ({ code }) => linking.type(code).then(() => meet(server.companion)),
  /** Alice writes now; what is not acknowledged is delivered again. */
  write: (fields) => people.alice.write(fields),
  /** The owner writes on the phone. */
  owner_writes: (fields) => people.phone.says(fields),
  /** Her phone has a message, or she has read it: the last one, if none is named. */
  receipt: ({ id = sentTo(ALICE).at(-1), type }) => people.alice.receipt({ id, type }),
  typing: (fields) => people.alice.typing(fields),
  /** Her phone cannot read the next messages, and asks for them again. */
  deaf({ messages }) {
    people.alice.deaf = messages;
  },
  group: ({ jid, subject }) => directory.group(jid, subject, [ALICE, ME]),
  /** All that Alice has read until now. */
  async read() {
    await people.alice.settled();
    return { messages: people.alice.read, undelivered: server.undelivered.size };
  },
  /** The next message for somebody that is so; `has` are words in it. */
  reads({ who = 'alice', fits = {}, has = '' }) {
    const person = people[who];
    return first(person, 'read', () => person.read, (one) => isIn(fits, one) && (one.text ?? '').includes(has));
  },
  /** The next stanza of the bridge that is so, with the names of what is in it. */
  async sees({ tag, attrs = {}, inside }) {
    const tags = ({ content }) => (Array.isArray(content) ? content.map((one) => one.tag) : []);
    const fits = (node) => node.tag === tag && isIn(attrs, node.attrs) && (!inside || tags(node).includes(inside));
    const found = await first(server, 'node', () => server.nodes, fits);
    return { tag, attrs: found.attrs, inside: tags(found) };
  },
  /** The ids of all messages that were sent to somebody, as often as they were. */
  sent: ({ to }) => ({ ids: sentTo(to) }),
  /** Files are to be had from now on, over TLS with this key. */
  files: (tls) => files.listen(server, tls).then(build.remap),
  upload_again: ({ given: isGiven }) => files.uploadAgain(server, isGiven),
  /** Which files were asked for here, and how many of the phone. */
  files_asked: () => ({ files: files.asked, uploads: files.uploads }),
  /** The phone gives the new device its chats. */
  history: ({ chats }) => people.phone.share(historyOf(chats), 'HISTORY00001'),
  /** It gives more of them, as a file. */
  history_file: async ({ chats }) => people.phone.share(await historyFile(chats, files), 'HISTORY00002'),
  app_state_keys: () => people.phone.share(appStateKeys(), 'STATEKEYS001'),
};

process.stdout.write(`${JSON.stringify({ url: server.url, main: build.main })}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  const { order, ...fields } = JSON.parse(line);
  const result = await ORDERS[order](fields);
  process.stdout.write(`${JSON.stringify(result ?? {})}\n`);
}
process.exit(0);
