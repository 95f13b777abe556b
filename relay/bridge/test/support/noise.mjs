import { Curve, aesDecryptGCM, aesEncryptGCM, hkdf, proto, sha256 } from '@whiskeysockets/baileys';

const HEADER = Buffer.from([87, 65, 6, 3]);
const MODE = Buffer.from('Noise_XX_25519_AESGCM_SHA256\0\0\0\0');
const NOTHING = Buffer.alloc(0);

const iv = (counter) => {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(counter, 8);
  return bytes;
};

/** The keys of a test server, and the root that a test build trusts in the place of WhatsApp's. */
export class Authority {
  root = Curve.generateKeyPair();
  still = Curve.generateKeyPair();

  get trusted() {
    return this.root.public.toString('hex');
  }

  /** A chain for the server's key, in the form of WhatsApp's. */
  chain() {
    const between = Curve.generateKeyPair();
    const certificate = (signer, key, issuerSerial) => {
      const details = proto.CertChain.NoiseCertificate.Details.encode({ serial: 1, issuerSerial, key: key.public }).finish();
      return { details, signature: Curve.sign(signer.private, details) };
    };
    const leaf = certificate(between, this.still, 1);
    return proto.CertChain.encode({ leaf, intermediate: certificate(this.root, between, 0) }).finish();
  }
}

/** The answering side of Noise XX, as a client of WhatsApp expects it. */
export class Responder {
  #hash = MODE;
  #salt = MODE;
  #key = MODE;
  #counter = 0;
  #bytes = NOTHING;
  #passed = false;
  #own = Curve.generateKeyPair();
  #transport;

  constructor(authority) {
    this.authority = authority;
    this.#mixHash(HEADER);
  }

  /** Whole frames out of the bytes of a socket. */
  frames(data) {
    this.#bytes = Buffer.concat([this.#bytes, data]);
    if (!this.#passed && this.#bytes.length >= 4) {
      this.#bytes = this.#bytes.subarray(4);
      this.#passed = true;
    }
    const frames = [];
    while (this.#bytes.length >= 3) {
      const size = this.#bytes.readUIntBE(0, 3);
      if (this.#bytes.length < size + 3) break;
      frames.push(this.#bytes.subarray(3, size + 3));
      this.#bytes = this.#bytes.subarray(size + 3);
    }
    return frames;
  }

  /** The answer to a client's hello. */
  hello(frame) {
    const { clientHello } = proto.HandshakeMessage.decode(frame);
    this.#mixHash(clientHello.ephemeral);
    this.#mixHash(this.#own.public);
    this.#mixKey(Curve.sharedKey(this.#own.private, clientHello.ephemeral));
    const still = this.#seal(this.authority.still.public);
    this.#mixKey(Curve.sharedKey(this.authority.still.private, clientHello.ephemeral));
    const payload = this.#seal(this.authority.chain());
    return proto.HandshakeMessage.encode({ serverHello: { ephemeral: this.#own.public, static: still, payload } }).finish();
  }

  /** What a client says of itself. */
  finish(frame) {
    const { clientFinish } = proto.HandshakeMessage.decode(frame);
    const client = this.#open(clientFinish.static);
    this.#mixKey(Curve.sharedKey(this.#own.private, client));
    const payload = proto.ClientPayload.decode(this.#open(clientFinish.payload));
    const [read, write] = this.#derive(NOTHING);
    this.#transport = { read, write, reads: 0, writes: 0 };
    return payload;
  }

  seal(data) {
    return aesEncryptGCM(data, this.#transport.write, iv(this.#transport.writes++), NOTHING);
  }

  open(data) {
    return aesDecryptGCM(data, this.#transport.read, iv(this.#transport.reads++), NOTHING);
  }

  #mixHash(data) {
    this.#hash = sha256(Buffer.concat([this.#hash, data]));
  }

  #derive(data) {
    const key = hkdf(Buffer.from(data), 64, { salt: this.#salt, info: '' });
    return [Buffer.from(key.subarray(0, 32)), Buffer.from(key.subarray(32))];
  }

  #mixKey(data) {
    [this.#salt, this.#key] = this.#derive(data);
    this.#counter = 0;
  }

  #seal(data) {
    const sealed = aesEncryptGCM(data, this.#key, iv(this.#counter++), this.#hash);
    this.#mixHash(sealed);
    return sealed;
  }

  #open(data) {
    const opened = aesDecryptGCM(data, this.#key, iv(this.#counter++), this.#hash);
    this.#mixHash(data);
    return opened;
  }
}
