import { isAbsolute } from 'node:path';
import type { AnyMessageContent, MiscMessageGenerationOptions, WAMessage, WAMessageKey } from '@whiskeysockets/baileys';
import { proto } from '@whiskeysockets/baileys';
import * as read from '../wire/fields.js';
import type { Fields } from '../wire/fields.js';
import { Refused } from '../wire/refused.js';

/** A message to send, as Baileys makes it. */
export interface Draft {
  jid: string;
  content: AnyMessageContent;
  options: Pick<MiscMessageGenerationOptions, 'quoted' | 'ephemeralExpiration'>;
  /** Attributes that WhatsApp wants on the stanza. */
  attributes: Record<string, string>;
}

const KINDS = ['text', 'image', 'video', 'audio', 'voice', 'document', 'sticker'] as const;

/** Reads the commands that send something. Nothing is sent for a command that is not whole. */
export function draftOf(cmd: string, from: Fields): Draft {
  const jid = read.jid(from, 'jid');
  switch (cmd) {
    case 'send':
      return { jid, content: contentOf(from), options: optionsOf(from, jid), attributes: {} };
    case 'react':
      return plain(jid, { react: { text: read.maybeText(from, 'emoji', 64) ?? '', key: target(from, jid) } });
    case 'edit': {
      const content = { text: read.text(from, 'text'), edit: target(from, jid), ...NO_PREVIEW };
      return { ...plain(jid, content), attributes: { edit: '1' } };
    }
    case 'delete': {
      const key = target(from, jid);
      const asAdmin = jid.endsWith('@g.us') && !key.fromMe;
      return { ...plain(jid, { delete: key }), attributes: { edit: asAdmin ? '8' : '7' } };
    }
    default:
      throw new Refused('bad_command', `"${cmd}" sends nothing`);
  }
}

/** Baileys would fetch the links in a text to make a preview of them. */
const NO_PREVIEW = { linkPreview: null };

const plain = (jid: string, content: AnyMessageContent): Draft => ({ jid, content, options: {}, attributes: {} });

function contentOf(from: Fields): AnyMessageContent {
  const kind = read.word(from, 'kind', KINDS, 'text');
  const mentions = read.texts(from, 'mentions', 1024);
  if (kind === 'text') return { text: read.text(from, 'text'), mentions, ...NO_PREVIEW };
  const media = read.fields(from, 'media');
  const path = read.text(media, 'path', 4096);
  if (!isAbsolute(path)) throw new Refused('bad_command', '"media.path" must be an absolute path');
  const file = { url: path };
  const mimetype = read.maybeText(media, 'mime', 255);
  const caption = read.maybeText(from, 'text');
  const thumbnail = read.maybeText(media, 'thumbnail', 65_536);
  const shown = { caption, mentions, mimetype, jpegThumbnail: thumbnail ?? '' };
  const seconds = media['seconds'] === undefined ? undefined : read.whole(media, 'seconds', 0, 86_400);
  switch (kind) {
    case 'image':
      return { image: file, ...shown };
    case 'video':
      return { video: file, ...shown, seconds };
    case 'audio':
      return { audio: file, mimetype: mimetype ?? 'audio/mpeg', seconds };
    case 'voice':
      return { audio: file, ptt: true, mimetype: mimetype ?? 'audio/ogg; codecs=opus', seconds };
    case 'sticker':
      return { sticker: file, mimetype: mimetype ?? 'image/webp' };
    case 'document': {
      const fileName = read.maybeText(media, 'name', 255) ?? 'file';
      return { document: file, caption, mimetype: mimetype ?? 'application/octet-stream', fileName };
    }
  }
}

function optionsOf(from: Fields, jid: string): Draft['options'] {
  const seconds = read.whole(from, 'expiration', 0, 366 * 86_400, 0);
  const quoted = from['quoted'] === undefined ? undefined : quote(read.fields(from, 'quoted'), jid);
  return { ...(seconds > 0 && { ephemeralExpiration: seconds }), ...(quoted && { quoted }) };
}

function quote(from: Fields, jid: string): WAMessage {
  const conversation = read.maybeText(from, 'text', 4096) ?? ' ';
  return { key: keyOf(from, jid), message: proto.Message.create({ conversation }) };
}

/** The message that a reaction, an edit or a deletion is about. */
const target = (from: Fields, jid: string): WAMessageKey => keyOf(read.fields(from, 'target'), jid);

/** The key of a message in a chat: who wrote it matters in groups only. */
export function keyOf(from: Fields, jid: string): WAMessageKey {
  const id = read.messageId(from, 'id');
  const fromMe = read.flag(from, 'from_me');
  const participant = jid.endsWith('@g.us') && !fromMe ? read.jid(from, 'from') : undefined;
  return { remoteJid: jid, id, fromMe, participant };
}
