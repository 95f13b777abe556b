import { isAbsolute } from 'node:path';
import type { GroupMetadata } from '@whiskeysockets/baileys';
import type { Bridge } from './bridge.js';
import { cut, oneLine } from './inbound/content.js';
import { fetchMedia } from './inbound/files.js';
import { draftOf, keyOf } from './outbound/compose.js';
import { VERSIONS } from './versions.js';
import * as read from './wire/fields.js';
import { type Fields, isFields } from './wire/fields.js';
import { Refused, within } from './wire/refused.js';

type Result = Record<string, unknown>;
type Command = (bridge: Bridge, from: Fields) => Promise<Result> | Result;

/** How long a send may take, by default and at most, in milliseconds. */
const SEND_MS = 60_000;
const MOST_SEND_MS = 600_000;
/** How long a question to WhatsApp may take, in milliseconds. */
const ASK_MS = 30_000;
const PHONE = /^\+?[1-9][0-9]{6,14}$/;

/** Does one command; its result is the answer. Throws `Refused` with the reason. */
export async function obey(bridge: Bridge, cmd: string, from: Fields): Promise<Result> {
  const command = Object.hasOwn(COMMANDS, cmd) ? COMMANDS[cmd] : undefined;
  if (!command) throw new Refused('unknown_command', `this bridge does not know "${cmd.slice(0, 64)}"`);
  return command(bridge, from);
}

const send: (cmd: string) => Command = (cmd) => (bridge, from) => {
  const draft = draftOf(cmd, from);
  const id = read.messageId(from, 'message_id');
  const deadline = read.whole(from, 'deadline_ms', 1000, MOST_SEND_MS, SEND_MS);
  return bridge.sender.send(bridge.connection.open(), id, draft, deadline, read.flag(from, 'again'));
};

const COMMANDS: Record<string, Command> = {
  hello: (_, from) => {
    const version = read.whole(from, 'version', 1, 1000);
    if (version !== 1) throw new Refused('unknown_version', 'this bridge speaks version 1');
    return { ...VERSIONS, commands: Object.keys(COMMANDS) };
  },

  ack: async (bridge, from) => ({ released: await bridge.journal.acknowledge(read.whole(from, 'seq', 0, Number.MAX_SAFE_INTEGER)) }),

  start: async (bridge, from) => {
    const mode = read.word(from, 'mode', ['qr', 'code'], 'qr');
    const phone = mode === 'code' ? phoneOf(from, 'phone') : undefined;
    bridge.wantsHistory = from['history'] === undefined ? true : read.flag(from, 'history');
    bridge.codeFor = phone;
    return { generation: await bridge.connection.start(), linked: bridge.account.credentials.linked };
  },

  stop: async (bridge) => {
    await bridge.typing.end(bridge.connection.state === 'open' ? bridge.connection.open() : undefined);
    await bridge.connection.stop();
    bridge.journal.tell({ ev: 'state', state: 'idle' });
    return {};
  },

  pair_code: async (bridge, from) => ({ code: await bridge.connection.pairing().code(phoneOf(from, 'phone')) }),

  send: send('send'),
  react: send('react'),
  edit: send('edit'),
  delete: send('delete'),

  typing: async (bridge, from) => {
    const jid = read.jid(from, 'jid');
    const state = read.word(from, 'state', ['composing', 'recording', 'paused']);
    const ttl = read.whole(from, 'ttl_ms', 1000, 120_000, 20_000);
    await bridge.typing.show(bridge.connection.open(), jid, state, ttl);
    return {};
  },

  read: async (bridge, from) => {
    const list = from['keys'];
    if (!Array.isArray(list) || list.length === 0 || list.length > 200 || !list.every(isFields)) {
      throw new Refused('bad_command', '"keys" must be a list of 1 to 200 objects {chat, id, from}');
    }
    const keys = list.map((key) => keyOf(key, read.jid(key, 'chat')));
    await asked(bridge.connection.open().sock.readMessages(keys));
    return {};
  },

  watch: async (bridge, from) => {
    await asked(bridge.connection.open().sock.presenceSubscribe(read.jid(from, 'jid')));
    return {};
  },

  resolve: async (bridge, from) => {
    const phones = read.texts(from, 'phones', 50);
    for (const phone of phones) if (!PHONE.test(phone)) throw new Refused('bad_command', 'every phone must be digits, like +15551234567');
    const found = (await asked(bridge.connection.open().sock.onWhatsApp(...phones.map(digits)))) ?? [];
    return {
      phones: phones.map((phone) => {
        const row = found.find(({ jid }) => jid.split(/[:@]/)[0] === digits(phone));
        return { phone, exists: Boolean(row?.exists), ...bridge.people.named(row?.jid) };
      }),
    };
  },

  group_info: async (bridge, from) => {
    const jid = read.jid(from, 'jid');
    return { group: group(bridge, await asked(bridge.connection.open().sock.groupMetadata(jid)), true) };
  },

  groups: async (bridge) => {
    const all = await asked(bridge.connection.open().sock.groupFetchAllParticipating());
    return { groups: Object.values(all).map((one) => group(bridge, one, false)) };
  },

  history: async (bridge, from) => {
    const chat = read.jid(from, 'chat');
    const before = read.fields(from, 'before');
    const count = read.whole(from, 'count', 1, 50, 50);
    const sentAt = read.whole(before, 'sent_at', 0, Number.MAX_SAFE_INTEGER);
    return { request: await asked(bridge.connection.open().sock.fetchMessageHistory(count, keyOf(before, chat), sentAt)) };
  },

  media_fetch: async (bridge, from) => {
    const path = read.text(from, 'path', 4096);
    if (!isAbsolute(path)) throw new Refused('bad_command', '"path" must be an absolute path');
    const max = read.whole(from, 'max', 1, Number.MAX_SAFE_INTEGER, 64 * 1024 * 1024);
    const open = bridge.connection.open();
    const late = (): Refused => new Refused('deadline', 'the file did not come in time', true);
    const deadline = read.whole(from, 'deadline_ms', 1000, MOST_SEND_MS, 120_000);
    const work = fetchMedia(open, bridge.account.store, read.jid(from, 'chat'), read.messageId(from, 'message_id'), path, max);
    return { path, bytes: await within(deadline, work, late) };
  },

  logout: async (bridge, from) => {
    const wipe = read.flag(from, 'wipe');
    let told = false;
    if (bridge.connection.state === 'open') {
      const goodbye = bridge.connection.open().sock.logout();
      told = await within(ASK_MS, goodbye, () => new Error('slow')).then(() => true, () => false);
    }
    await bridge.connection.stop();
    const aside = wipe ? await bridge.account.forget() : await bridge.account.setAside();
    bridge.journal.tell({ ev: 'state', state: 'idle', reason: 'logged_out', set_aside: aside ?? undefined });
    return { told_whatsapp: told, set_aside: aside ?? undefined };
  },

  ping: async (bridge, from) => {
    const { state } = bridge.connection;
    if (!read.flag(from, 'whatsapp')) return { state };
    return { state, whatsapp_ms: await bridge.connection.ask(read.whole(from, 'deadline_ms', 500, 60_000, 10_000)) };
  },

  stats: (bridge) => ({
    ...VERSIONS,
    state: bridge.connection.state,
    linked: bridge.account.credentials.linked,
    me: bridge.me(),
    waiting_events: bridge.journal.waiting,
    memory_bytes: process.memoryUsage().rss,
    uptime_ms: Math.round(process.uptime() * 1000),
  }),
};

const digits = (phone: string): string => phone.replace('+', '');

function phoneOf(from: Fields, name: string): string {
  const phone = read.text(from, name, 16);
  if (!PHONE.test(phone)) throw new Refused('bad_command', `"${name}" must be a number with its country code, like +15551234567`);
  return digits(phone);
}

/** The answer of WhatsApp to a question, in time. */
async function asked<T>(work: Promise<T>): Promise<T> {
  try {
    return await within(ASK_MS, work, () => new Refused('deadline', 'WhatsApp did not answer in time', true));
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Refused('whatsapp_refused', `WhatsApp refused it: ${(error as Error).message.slice(0, 200)}`);
  }
}

function group(bridge: Bridge, { id, subject, desc, participants, ephemeralDuration }: GroupMetadata, members: boolean): Result {
  return {
    chat: id,
    name: oneLine(subject),
    description: cut(desc, 4096),
    expiration: ephemeralDuration,
    size: participants.length,
    members: members
      ? participants.map(({ id: jid, phoneNumber, lid, admin }) => {
          return { ...bridge.people.named(jid, phoneNumber ?? lid), admin: Boolean(admin) };
        })
      : undefined,
  };
}
