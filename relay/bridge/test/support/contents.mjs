import { normalizeMessageContent, proto } from '@whiskeysockets/baileys';

const { REVOKE, MESSAGE_EDIT } = proto.Message.ProtocolMessage.Type;

/** What somebody says or does to a message, as WhatsApp writes it. `key` names a message of the chat; `files` has what was uploaded. */
export async function written({ id, text, quote, react, edit, revoke, image, expiration }, key, files) {
  if (react) return { reactionMessage: { key: key(react.id), text: react.emoji, senderTimestampMs: Date.now() } };
  if (revoke) return { protocolMessage: { type: REVOKE, key: key(revoke) } };
  if (edit) return { protocolMessage: { type: MESSAGE_EDIT, key: key(edit.id), editedMessage: { conversation: edit.text } } };
  const contextInfo = quote && { stanzaId: quote.id, participant: key(quote.id).participant, quotedMessage: { conversation: quote.text } };
  if (image) return { imageMessage: { ...(await files.put(image, id)), mimetype: image.mime, caption: text, contextInfo } };
  if (!contextInfo && !expiration) return { conversation: text };
  return { extendedTextMessage: { text, contextInfo: { ...contextInfo, expiration } } };
}

/** What a message says, in plain words, to whoever opened it. */
export async function told(message, files) {
  const inside = normalizeMessageContent(message.deviceSentMessage?.message ?? message);
  const { reactionMessage, protocolMessage, extendedTextMessage, imageMessage, conversation } = inside;
  if (reactionMessage) return { kind: 'reaction', target: reactionMessage.key.id, text: reactionMessage.text };
  if (protocolMessage?.type === REVOKE) return { kind: 'delete', target: protocolMessage.key.id };
  if (protocolMessage?.type === MESSAGE_EDIT) {
    const { text } = await told(protocolMessage.editedMessage, files);
    return { kind: 'edit', target: protocolMessage.key.id, text };
  }
  const { stanzaId, expiration } = (extendedTextMessage ?? imageMessage)?.contextInfo ?? {};
  const about = { quoted: stanzaId || undefined, expiration: expiration || undefined };
  if (imageMessage) {
    const { caption, mimetype } = imageMessage;
    return { kind: 'image', text: caption || undefined, mime: mimetype, data: await files.open(imageMessage), ...about };
  }
  return { kind: 'text', text: conversation || extendedTextMessage?.text, ...about };
}
