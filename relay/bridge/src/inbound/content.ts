import { type WAMessage, getContentType, jidNormalizedUser, normalizeMessageContent, proto } from '@whiskeysockets/baileys';

type Content = proto.IMessage;

/** What a message says, in the words of the protocol. */
export interface Said {
  kind: string;
  text?: string;
  media?: Record<string, unknown>;
  quoted?: Record<string, unknown>;
  mentions?: string[];
  details?: Record<string, unknown>;
  /** The chat's timer for disappearing messages, in seconds. */
  expiration?: number;
}

const TEXT_LIMIT = 65_536;

/** Content that is no message of a person: nothing to show, nothing to answer. */
const SILENT = new Set([
  'senderKeyDistributionMessage',
  'protocolMessage',
  'messageContextInfo',
  'deviceSentMessage',
  'keepInChatMessage',
  'encReactionMessage',
  'stickerSyncRmrMessage',
  'botInvokeMessage',
  'placeholderMessage',
]);

/** The content inside ephemeral, view-once, caption and edit wrappers. */
export function inner(message: WAMessage): Content | undefined {
  return normalizeMessageContent(message.message) ?? undefined;
}

/** The name that WhatsApp's schema has for a content. */
export function rawType(content: Content): string | undefined {
  return getContentType(content);
}

/** Reads what a message says, or nothing where it says nothing to a person. */
export function said(content: Content): Said | undefined {
  const type = rawType(content);
  if (!type || SILENT.has(type)) return undefined;
  const part = (content as Record<string, unknown>)[type];
  const context = isObject(part) ? (part['contextInfo'] as proto.IContextInfo | undefined) : undefined;
  return dropEmpty({ ...basics(content), ...quotes(context) });
}

/** Content that has a file, in the order in which `basics` looks for it. */
const WITH_FILE = ['imageMessage', 'videoMessage', 'ptvMessage', 'audioMessage', 'documentMessage', 'stickerMessage'] as const;

/** The part whose file `said` tells of, alone: a message may hold more, of which nobody was told. */
export function withFile(content: Content): Content | undefined {
  const name = WITH_FILE.find((name) => content[name]);
  return name && { [name]: content[name] };
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function basics(content: Content): Said {
  const { extendedTextMessage, imageMessage, videoMessage, ptvMessage, audioMessage, documentMessage } = content;
  if (content.conversation) return { kind: 'text', text: cut(content.conversation) };
  if (extendedTextMessage) return { kind: 'text', text: cut(extendedTextMessage.text) };
  if (imageMessage) return { kind: 'image', text: cut(imageMessage.caption), media: media(imageMessage) };
  if (videoMessage) return { kind: 'video', text: cut(videoMessage.caption), media: media(videoMessage) };
  if (ptvMessage) return { kind: 'video', media: { ...media(ptvMessage), round: true } };
  if (audioMessage) return { kind: audioMessage.ptt ? 'voice' : 'audio', media: media(audioMessage) };
  if (documentMessage) return { kind: 'document', text: cut(documentMessage.caption), media: media(documentMessage) };
  if (content.stickerMessage) return { kind: 'sticker', media: media(content.stickerMessage) };
  const place = content.locationMessage ?? content.liveLocationMessage;
  if (place) {
    const { degreesLatitude: latitude, degreesLongitude: longitude } = place;
    return { kind: 'location', text: cut('name' in place ? place.name : undefined), details: { latitude, longitude } };
  }
  if (content.contactMessage) return { kind: 'contact', details: { cards: [card(content.contactMessage)] } };
  if (content.contactsArrayMessage) {
    return { kind: 'contact', details: { cards: (content.contactsArrayMessage.contacts ?? []).slice(0, 50).map(card) } };
  }
  const poll = content.pollCreationMessage ?? content.pollCreationMessageV2 ?? content.pollCreationMessageV3;
  if (poll) {
    const options = (poll.options ?? []).slice(0, 50).map((one) => cut(one.optionName));
    return { kind: 'poll', text: cut(poll.name), details: { options } };
  }
  if (content.albumMessage) {
    const { expectedImageCount: images, expectedVideoCount: videos } = content.albumMessage;
    return { kind: 'album', details: { images: images ?? 0, videos: videos ?? 0 } };
  }
  if (content.pollUpdateMessage) return { kind: 'vote' };
  if (content.pinInChatMessage) return { kind: 'pin' };
  if (content.call) return { kind: 'call' };
  return { kind: 'other' };
}

interface Media {
  mimetype?: string | null;
  fileLength?: number | Long | null;
  fileName?: string | null;
  seconds?: number | null;
  width?: number | null;
  height?: number | null;
  viewOnce?: boolean | null;
  jpegThumbnail?: Uint8Array | null;
}
type Long = { toNumber(): number };

/** What is known of a file before it is fetched. Its name and type are the sender's claims. */
function media(part: Media): Record<string, unknown> {
  const length = part.fileLength;
  const bytes = typeof length === 'number' ? length : length?.toNumber();
  return dropEmpty({
    mime: cut(part.mimetype, 255),
    name: cut(part.fileName, 255),
    bytes: Number.isSafeInteger(bytes) ? bytes : undefined,
    seconds: part.seconds || undefined,
    width: part.width || undefined,
    height: part.height || undefined,
    view_once: part.viewOnce || undefined,
    thumbnail: thumbnail(part.jpegThumbnail),
  });
}

/** A small JPEG picture as base64; a large one is no preview. */
function thumbnail(picture: Uint8Array | null | undefined): string | undefined {
  const fits = picture && picture.length > 0 && picture.length <= 24 * 1024;
  return fits ? Buffer.from(picture).toString('base64') : undefined;
}

function card(contact: proto.Message.IContactMessage): Record<string, unknown> {
  return { name: cut(contact.displayName, 255), vcard: cut(contact.vcard, 8192) };
}

function quotes(context: proto.IContextInfo | undefined): Partial<Said> {
  if (!context) return {};
  const mentions = (context.mentionedJid ?? []).slice(0, 1024).map((jid) => jidNormalizedUser(jid));
  const quoted = context.quotedMessage ? normalizeMessageContent(context.quotedMessage) : undefined;
  const inside = quoted ? basics(quoted) : undefined;
  return dropEmpty({
    mentions: mentions.length > 0 ? mentions : undefined,
    quoted: context.stanzaId
      ? dropEmpty({
          id: context.stanzaId,
          from: context.participant ? jidNormalizedUser(context.participant) : undefined,
          kind: inside?.kind,
          text: cut(inside?.text, 4096),
        })
      : undefined,
    expiration: context.expiration || undefined,
  });
}

/** Text of at most `max` characters; nothing for none. */
export function cut(text: string | null | undefined, max = TEXT_LIMIT): string | undefined {
  return text ? text.slice(0, max) : undefined;
}

/** One line of at most `max` characters: a name that somebody gave themselves. */
export function oneLine(text: string | null | undefined, max = 255): string | undefined {
  return cut(text?.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim(), max);
}

/** The same object without its absent fields. */
export function dropEmpty<T extends object>(from: T): T {
  return Object.fromEntries(Object.entries(from).filter(([, value]) => value !== undefined && value !== null)) as T;
}
