// A plain client of a gateway, in Node: what is really there, seen without the
// page and without our library.
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import WebSocket from "ws";
import { until } from "./until.mjs";

const SCOPES = ["operator.read", "operator.write"];
const MAIN = "agent:main:main";

export class Wire {
  #socket;
  #waiting = new Map();
  #last = 0;

  /** Connects to a gateway as a device of its own. */
  static async open({ direct, token }, scopes = SCOPES) {
    const wire = new Wire();
    wire.#socket = new WebSocket(direct);
    await new Promise((resolve, reject) => {
      wire.#socket.once("error", reject);
      wire.#socket.on("close", (code, reason) => {
        const error = new Error(`the gateway closed the line: ${code} ${reason}`);
        reject(error);
        for (const waiting of wire.#waiting.values()) {
          waiting.reject(error);
        }
      });
      wire.#socket.on("message", (data) => {
        const frame = JSON.parse(data);
        if (frame.event === "connect.challenge") {
          wire.request("connect", hello(frame.payload, token, scopes)).then(resolve, reject);
        }
        const waiting = frame.type === "res" && wire.#waiting.get(frame.id);
        if (waiting) {
          wire.#waiting.delete(frame.id);
          frame.ok ? waiting.resolve(frame.payload) : waiting.reject(new Error(JSON.stringify(frame.error)));
        }
      });
    });
    return wire;
  }

  request(method, params) {
    const id = `wire-${++this.#last}`;
    this.#socket.send(JSON.stringify({ type: "req", id, method, params }));
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  close() {
    this.#socket.close();
  }
}

function hello(challenge, token, scopes) {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = Buffer.from(publicKey.export({ format: "jwk" }).x, "base64url");
  const client = { id: "cli", version: "1", platform: "linux", mode: "cli", displayName: "onlooker" };
  const id = createHash("sha256").update(raw).digest("hex");
  const { nonce, ts } = challenge;
  const signed = ["v3", id, client.id, client.mode, "operator", scopes.join(","), ts, token ?? "", nonce, client.platform, ""];
  const device = {
    id,
    publicKey: raw.toString("base64url"),
    signature: sign(null, Buffer.from(signed.join("|")), privateKey).toString("base64url"),
    signedAt: ts,
    nonce,
  };
  const auth = token === undefined ? {} : { auth: { token } };
  return { minProtocol: 4, maxProtocol: 4, client, role: "operator", scopes, device, ...auth };
}

/** The words of a row of history; a person's are a plain text, others blocks. */
export function wordsOf(row) {
  if (typeof row.content === "string") {
    return row.content;
  }
  return (row.content ?? []).map((block) => block.text ?? "").join("");
}

/** All rows of a session, oldest first, and what still waits, read from outside. */
export async function wholeHistory(server, sessionKey) {
  const wire = await Wire.open(server);
  try {
    let rows = [];
    for (let offset = 0; ; ) {
      const page = await wire.request("chat.history", { sessionKey, limit: 1000, offset });
      rows = [...page.messages, ...rows];
      if (!page.hasMore || !(page.nextOffset > offset)) {
        return { rows, pending: page.pendingInputs?.items ?? [] };
      }
      offset = page.nextOffset;
    }
  } finally {
    wire.close();
  }
}

/** Waits until nothing runs in the main session: what an earlier scenario left there would take a message in. */
export async function isQuiet(server) {
  const wire = await Wire.open(server);
  try {
    await until("nothing runs in the main session", async () => {
      const { inFlightRun, pendingInputs } = await wire.request("chat.history", { sessionKey: MAIN, limit: 1 });
      return !inFlightRun && !pendingInputs?.items?.some(({ state }) => state === "queued");
    });
  } finally {
    wire.close();
  }
}

/** The rows of the main session that contain a text, read from outside. */
export async function historyRows(server, text) {
  const wire = await Wire.open(server);
  try {
    const { messages, pendingInputs } = await wire.request("chat.history", {
      sessionKey: MAIN,
      limit: 1000,
    });
    const rows = messages.filter((row) => wordsOf(row).includes(text));
    const pending = (pendingInputs?.items ?? []).filter((item) => JSON.stringify(item).includes(text));
    return { rows, pending };
  } finally {
    wire.close();
  }
}
