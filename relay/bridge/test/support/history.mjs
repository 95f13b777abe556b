import { randomBytes } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { proto } from '@whiskeysockets/baileys';

const { HISTORY_SYNC_NOTIFICATION, APP_STATE_SYNC_KEY_SHARE } = proto.Message.ProtocolMessage.Type;
const { INITIAL_BOOTSTRAP, RECENT } = proto.HistorySync.HistorySyncType;

/** The chats of an account, as its phone gives them to a new device: within the message itself. */
export function historyOf(chats) {
  const sync = packed(INITIAL_BOOTSTRAP, chats);
  return notice({ syncType: INITIAL_BOOTSTRAP, initialHistBootstrapInlinePayload: sync });
}

/** More of them, as a file that the message names. */
export async function historyFile(chats, files) {
  const file = { data: packed(RECENT, chats).toString('base64'), kind: 'md-msg-hist' };
  return notice({ syncType: RECENT, ...(await files.put(file, 'history')) });
}

function packed(syncType, chats) {
  const conversations = chats.map(({ jid, lid, name, messages }) => ({
    id: jid,
    lidJid: lid,
    name,
    messages: messages.map(({ id, text, at, fromMe = false }) => ({
      message: { key: { remoteJid: jid, id, fromMe }, messageTimestamp: at, message: { conversation: text } },
    })),
  }));
  return deflateSync(proto.HistorySync.encode({ syncType, conversations, progress: 100 }).finish());
}

function notice(content) {
  const historySyncNotification = { chunkOrder: 1, ...content };
  return { protocolMessage: { type: HISTORY_SYNC_NOTIFICATION, historySyncNotification } };
}

/** The keys with which the phone seals the settings of the account. */
export function appStateKeys() {
  const keyData = { keyData: randomBytes(32), fingerprint: { rawId: 1, currentIndex: 0, deviceIndexes: [0] }, timestamp: 1 };
  const keys = [{ keyId: { keyId: Buffer.from([0, 0, 0, 1]) }, keyData }];
  return { protocolMessage: { type: APP_STATE_SYNC_KEY_SHARE, appStateSyncKeyShare: { keys } } };
}

/** Lets the settings of the account be asked for: there are none. */
export function withoutSettings(server) {
  server.answers['w:sync:app:state'] = ({ content: [{ content }] }) => {
    const none = content.map(({ attrs: { name } }) => ({ tag: 'collection', attrs: { name, version: '0' } }));
    return [{ tag: 'sync', attrs: {}, content: none }];
  };
}
