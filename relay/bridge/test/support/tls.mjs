import { generateKeyPairSync, sign } from 'node:crypto';

const der = (tag, ...parts) => {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'hex') : part)));
  const length = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const sequence = (...parts) => der(0x30, ...parts);
const ECDSA_WITH_SHA256 = sequence('06082a8648ce3d040302');

/** A certificate for these hosts, which vouches for itself, and its key. */
export function certificateFor(...hosts) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = sequence(der(0x31, sequence('0603550403', der(0x0c, Buffer.from('a test')))));
  const times = ['20200101000000Z', '20990101000000Z'].map((time) => der(0x18, Buffer.from(time)));
  const names = sequence(...hosts.map((host) => der(0x82, Buffer.from(host))));
  const extensions = der(0xa3, sequence(sequence('0603551d11', der(0x04, names))));
  const key = publicKey.export({ type: 'spki', format: 'der' });
  const signed = sequence('a003020102', '020101', ECDSA_WITH_SHA256, name, sequence(...times), name, key, extensions);
  const whole = sequence(signed, ECDSA_WITH_SHA256, der(0x03, '00', sign('sha256', signed, privateKey)));
  const lines = whole.toString('base64').replaceAll(/.{64}/g, '$&\n');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
}
