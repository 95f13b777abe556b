// A server on the loopback: the files of the pages, and WebSockets.
import { createServer } from "node:http";
import { extname } from "node:path";
import { WebSocketServer } from "ws";

// By ending; a path without one is a page.
const TYPES = { "": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

/**
 * @param {object} what
 * @param {() => boolean} [what.admits] whether a new socket is let in
 * @param {Map<string, Uint8Array>} [what.files] by their path, such as `/raw/main.js`
 * @param {(socket: WebSocket, path: string) => void} what.connected called with each new socket
 * @param {number} [what.port] any free one by default
 */
export async function serve({ files = new Map(), connected, admits = () => true, port = 0 }) {
  const http = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const file = files.get(pathname);
    if (file === undefined) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": TYPES[extname(pathname)] }).end(file);
  });
  const sockets = new WebSocketServer({ server: http, verifyClient: admits });
  sockets.on("connection", (socket, request) => {
    socket.on("error", () => socket.terminate());
    connected(socket, request.url);
  });
  await new Promise((listening, failed) => {
    // Both hear of it: without a listener here, `ws` would throw it.
    sockets.on("error", failed);
    http.listen(port, "127.0.0.1", listening);
  });
  const address = http.address();
  return {
    page: `http://127.0.0.1:${address.port}`,
    socket: `ws://127.0.0.1:${address.port}`,
    port: address.port,
    clients: sockets.clients,
    /** Takes no more sockets. */
    stop: () => http.close(),
    close() {
      for (const socket of sockets.clients) socket.terminate();
      http.close();
    },
  };
}
