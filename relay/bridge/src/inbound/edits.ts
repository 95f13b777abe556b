import { createDecipheriv, hkdfSync } from 'node:crypto';
import { proto } from '@whiskeysockets/baileys';

/**
 * Opens an edit that came sealed with the `messageSecret` of the message it changes.
 *
 * The key is HKDF-SHA256 of that secret over the id of the message, its sender, the editor and the words
 * `Message Edit`; the payload is AES-256-GCM without associated data. Editor and sender are one person, who may have
 * used the number or the LID, so every name is tried; the tag tells which one was right.
 */
export function openEdit(
  sealed: proto.Message.ISecretEncryptedMessage,
  secret: Uint8Array,
  names: string[],
): proto.IMessage | undefined {
  const { encPayload, encIv, targetMessageKey } = sealed;
  if (!encPayload || encPayload.length < 17 || encIv?.length !== 12 || !targetMessageKey?.id) return undefined;
  for (const name of names) {
    const info = `${targetMessageKey.id}${name}${name}Message Edit`;
    const key = Buffer.from(hkdfSync('sha256', secret, new Uint8Array(32), info, 32));
    try {
      const cipher = createDecipheriv('aes-256-gcm', key, encIv);
      cipher.setAuthTag(encPayload.subarray(-16));
      return proto.Message.decode(Buffer.concat([cipher.update(encPayload.subarray(0, -16)), cipher.final()]));
    } catch {
      continue;
    }
  }
  return undefined;
}
