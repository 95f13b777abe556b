// What a client of `ingest` and `rpc` talks to: it streams events and echoes.
// `/plain` begins at once, `/gateway` with a handshake.
import { answer, challenge, hello } from "../protocol.mjs";
import { writer } from "./frames.mjs";

// Events between two looks at whether the socket has taken them.
const BATCH = 64;

export class Session {
  #socket;
  #seq = 0;

  constructor(socket, path) {
    this.#socket = socket;
    socket.on("message", (data) => this.#answer(JSON.parse(data)));
    if (path === "/gateway") socket.send(challenge());
  }

  async #answer({ id, method, params }) {
    let payload = {};
    if (method === "bench.echo") payload = params;
    else if (method === "bench.events") await this.#stream(params);
    else if (method === "connect") payload = hello(params, { methods: ["bench.echo", "bench.events"] });
    this.#socket.send(answer(id, payload));
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
