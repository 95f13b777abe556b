// What answers at an address that is no gateway, or a strange one.
import { createServer as createHttpServer } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { WebSocketServer } from "ws";

const HOST = "127.0.0.1";
const NONCE = "00000000-0000-4000-8000-000000000000";

const event = (name, payload) => JSON.stringify({ type: "event", event: name, payload });

/** What each kind says as soon as a WebSocket is open. */
const OPENINGS = {
  garbage(socket) {
    socket.send("<!doctype html>");
    socket.send("{\"type\":");
    socket.send(Buffer.from([0xff, 0x00, 0xfe]));
    socket.send(JSON.stringify([null, { type: "event" }]));
  },
  huge(socket) {
    socket.send("x".repeat(30 * 1024 * 1024));
  },
  "challenge without ts"(socket) {
    socket.send(event("connect.challenge", { nonce: NONCE }));
  },
  "no scopes"(socket) {
    answerConnect(socket, () => hello([]));
  },
  "wants approval"(socket) {
    answerConnect(socket, () => {
      const details = { code: "PAIRING_REQUIRED", reason: "not-paired", requestId: "request-1" };
      throw { code: "NOT_PAIRED", message: "pairing required", details };
    });
  },
  "wants a password"(socket) {
    answerConnect(socket, ({ auth }) => {
      if (auth?.password === "open sesame") {
        return hello(["operator.read", "operator.write"]);
      }
      const code = auth?.password === undefined ? "AUTH_PASSWORD_MISSING" : "AUTH_PASSWORD_MISMATCH";
      throw { code: "INVALID_REQUEST", message: "unauthorized", details: { code } };
    });
  },
};

/** Asks for a proof that it does not check, and answers `connect`. */
function answerConnect(socket, answer) {
  socket.on("message", (data) => {
    const { id, method, params } = JSON.parse(data);
    const reply = (rest) => socket.send(JSON.stringify({ type: "res", id, ...rest }));
    if (method !== "connect") {
      reply({ ok: false, error: { code: "UNAVAILABLE", message: "nothing else is known here" } });
      return;
    }
    try {
      reply({ ok: true, payload: answer(params) });
    } catch (error) {
      reply({ ok: false, error });
      socket.close(1008, "refused");
    }
  });
  socket.send(event("connect.challenge", { nonce: NONCE, ts: Date.now() }));
}

function hello(scopes) {
  return {
    type: "hello-ok",
    protocol: 4,
    server: { version: "1", bootId: "b", connId: "c" },
    features: { methods: [], events: [] },
    snapshot: { sessionDefaults: { mainSessionKey: "agent:main:main", defaultAgentId: "main" } },
    auth: { role: "operator", scopes },
    policy: { maxPayload: 26_214_400, maxBufferedBytes: 52_428_800, tickIntervalMs: 30_000 },
  };
}

/** A listening server of one kind; it counts the connections it was given. */
export class Stranger {
  /** `ws://127.0.0.1:PORT` */
  url;
  connections = 0;
  #server;
  #sockets = new Set();

  /**
   * @param {string} kind "web page" (answers everything with HTML), "mute"
   *   (takes connections and never answers), or one of the openings above
   */
  static async start(kind) {
    const stranger = new Stranger();
    const server = kind === "mute" ? createTcpServer() : createHttpServer();
    const page = (response) => response.end("<!doctype html><title>Not a gateway</title>");
    server.on("request", (_, response) => page(response));
    if (kind === "web page") {
      server.on("upgrade", (_, socket) => {
        const body = "<!doctype html><title>Not a gateway</title>";
        socket.end(`HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      });
    } else if (kind !== "mute") {
      new WebSocketServer({ server, maxPayload: 1 << 20 }).on("connection", OPENINGS[kind]);
    }
    server.on("connection", (socket) => {
      stranger.connections += 1;
      stranger.#sockets.add(socket);
      socket.on("error", () => {});
      socket.once("close", () => stranger.#sockets.delete(socket));
    });
    await new Promise((resolve) => server.listen(0, HOST, resolve));
    stranger.#server = server;
    stranger.url = `ws://${HOST}:${server.address().port}`;
    return stranger;
  }

  async stop() {
    for (const socket of this.#sockets) {
      socket.destroy();
    }
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
