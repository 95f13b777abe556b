import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Curve, signedKeyPair } from '@whiskeysockets/baileys';
import { verifySignatures } from '../dist/auth/verify.js';

test('a signature counts only when it is one', () => {
  const owner = Curve.generateKeyPair();
  const words = Buffer.from('words');
  const signature = Curve.sign(owner.private, words);
  const forged = Buffer.from(signature);
  forged[3] ^= 1;
  assert.equal(Curve.verify(owner.public, words, forged), true, 'Baileys itself takes everything: this mend is still needed');
  verifySignatures();
  assert.equal(Curve.verify(owner.public, words, signature), true);
  assert.equal(Curve.verify(new Uint8Array(owner.public), new Uint8Array(words), new Uint8Array(signature)), true);
  for (const bad of [forged, Buffer.alloc(64), Buffer.alloc(0), undefined]) assert.equal(Curve.verify(owner.public, words, bad), false);
  assert.equal(Curve.verify(Curve.generateKeyPair().public, words, signature), false);
  assert.equal(Curve.verify(owner.public, Buffer.from('other'), signature), false);
  assert.ok(signedKeyPair(owner, 1).signature.length === 64);
});
