// One server for all subjects, on the loopback: the page's files, and a
// WebSocket that streams events and echoes. `/plain` begins at once, `/gateway`
// with as much of protocol 4 as a client needs to call itself connected.
import { createServer } from "node:http";
import { extname } from "node:path";
import { WebSocketServer } from "ws";
import { writer } from "./frames.mjs";

// By ending; a path without one is a page.
const TYPES = { "": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

// Events between two looks at whether the socket has taken them.
const BATCH = 64;

/** @param {Map<string, Uint8Array>} files by their path, such as `/raw/main.js` */
export async function serve(files) {
  const http = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const file = files.get(pathname);
    if (file === undefined) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": TYPES[extname(pathname)] }).end(file);
  });
  const sockets = new WebSocketServer({ server: http });
  sockets.on("connection", (socket, request) => {
    socket.on("error", () => socket.terminate());
    new Session(socket, request.url === "/gateway");
  });
  await new Promise((listening) => http.listen(0, "127.0.0.1", listening));
  const { port } = http.address();
  return {
    page: `http://127.0.0.1:${port}`,
    socket: `ws://127.0.0.1:${port}`,
    close() {
      for (const socket of sockets.clients) socket.terminate();
      http.close();
    },
  };
}

class Session {
  #socket;
  #seq = 0;

  constructor(socket, greets) {
    this.#socket = socket;
    socket.on("message", (data) => this.#answer(JSON.parse(data)));
    if (greets) {
      const payload = { nonce: crypto.randomUUID(), ts: Date.now() };
      socket.send(JSON.stringify({ type: "event", event: "connect.challenge", payload }));
    }
  }

  async #answer({ id, method, params }) {
    let payload = {};
    if (method === "bench.echo") payload = params;
    else if (method === "bench.events") await this.#stream(params);
    else if (method === "connect") payload = hello(params);
    this.#socket.send(JSON.stringify({ type: "res", id, ok: true, payload }));
  }

  async #stream({ event, bytes, count }) {
    const write = writer(event, bytes);
    for (let sent = 0; sent < count; sent += BATCH) {
      const batch = Math.min(BATCH, count - sent);
      for (let one = 1; one < batch; one += 1) this.#socket.send(write(++this.#seq));
      await new Promise((taken) => this.#socket.send(write(++this.#seq), taken));
    }
  }
}

function hello({ role, scopes }) {
  return {
    type: "hello-ok",
    protocol: 4,
    server: { version: "2026.9.6", bootId: "bench", connId: crypto.randomUUID() },
    features: { methods: ["bench.echo", "bench.events"], events: ["agent", "chat", "tick"], capabilities: [] },
    snapshot: { presence: [], health: {}, stateVersion: { presence: 1, health: 1 }, sessionDefaults: { mainSessionKey: "agent:main:main" } },
    auth: { method: "none", role, scopes },
    policy: { maxPayload: 26_214_400, maxBufferedBytes: 52_428_800, tickIntervalMs: 30_000 },
  };
}
