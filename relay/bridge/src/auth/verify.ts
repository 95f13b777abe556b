import { createRequire } from 'node:module';
import { Curve, WA_CERT_DETAILS, generateSignalPubKey } from '@whiskeysockets/baileys';

interface Curve25519 {
  verifySignature(key: Buffer, message: Uint8Array, signature: Uint8Array): boolean;
}

/**
 * Makes signatures count. Baileys takes every signature of 64 bytes for good: it waits for an exception where its
 * library answers false. So neither WhatsApp's certificate nor the account's signature at linking was checked.
 */
export function verifySignatures(): void {
  const require = createRequire(createRequire(import.meta.url).resolve('@whiskeysockets/baileys'));
  const curve = require('libsignal/src/curve.js') as Curve25519;
  Curve.verify = (key, message, signature) => {
    try {
      return curve.verifySignature(Buffer.from(generateSignalPubKey(key)), message, signature) === true;
    } catch {
      return false;
    }
  };
}

/** Takes another root of certificates than WhatsApp's, 64 hex digits; nothing for none. For a test server only. */
export function trustRoot(hex: string): void {
  if (/^[0-9a-f]{64}$/.test(hex)) WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(hex, 'hex');
}
