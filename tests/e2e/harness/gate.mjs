// A proxy as people put one in front of the relay: it shows it below a path,
// and wants a sign-in of its own.
import { createServer, request } from "node:http";
import { connect } from "node:net";

export class Gate {
  /** Where the relay is shown, with the slash. */
  page;
  /** Whether its sign-in has ended: pages go to a sign-in page, upgrades are refused. */
  isSignedOut = false;
  /** How many sockets were asked for. */
  upgrades = 0;
  #server;
  #sockets = new Set();

  /**
   * @param {string} target the page of the relay, `http://127.0.0.1:PORT/`
   * @param {object} options
   * @param {string} [options.path] where it is shown, like `/claw`
   * @param {boolean} [options.keeps] the path is passed on, not taken away
   * @param {object} [options.headers] what it adds
   */
  static async start(target, { path = "", keeps = false, headers = {} } = {}) {
    const gate = new Gate();
    const { hostname: host, port } = new URL(target);
    const inner = (url) => (keeps ? url : url.slice(path.length).replace(/^(?!\/)/, "/"));
    const passedOn = (asked) => ({ ...asked.headers, ...headers });
    gate.#server = createServer((asked, answer) => {
      if (gate.isSignedOut) {
        answer.writeHead(302, { location: "http://sign-in.invalid/" }).end();
      } else if (!asked.url.startsWith(path)) {
        answer.writeHead(404).end();
      } else {
        const passing = request({ host, port, method: asked.method, path: inner(asked.url), headers: passedOn(asked) }, (got) => {
          answer.writeHead(got.statusCode, got.headers);
          got.pipe(answer);
        });
        passing.on("error", () => answer.destroy());
        asked.pipe(passing);
      }
    });
    gate.#server.on("upgrade", (asked, socket, head) => {
      gate.upgrades += 1;
      socket.on("error", () => {});
      if (gate.isSignedOut || !asked.url.startsWith(path)) {
        socket.end(`HTTP/1.1 ${gate.isSignedOut ? 401 : 404} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
        return;
      }
      const onward = connect(port, host);
      onward.on("error", () => socket.destroy());
      const lines = Object.entries(passedOn(asked)).map(([name, value]) => `${name}: ${value}\r\n`);
      onward.write(`GET ${inner(asked.url)} HTTP/1.1\r\n${lines.join("")}\r\n`);
      onward.write(head);
      onward.pipe(socket).pipe(onward);
      gate.#sockets.add(socket);
      socket.on("close", () => {
        gate.#sockets.delete(socket);
        onward.destroy();
      });
    });
    await new Promise((resolve) => gate.#server.listen(0, "127.0.0.1", resolve));
    gate.page = `http://127.0.0.1:${gate.#server.address().port}${path}/`;
    return gate;
  }

  /** Its sign-in ends, and with it what is open. */
  signOut() {
    this.isSignedOut = true;
    for (const socket of this.#sockets) {
      socket.destroy();
    }
  }

  async stop() {
    this.signOut();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
