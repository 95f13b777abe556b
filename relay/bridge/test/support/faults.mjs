import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';

const kill = (folder) => process.kill(JSON.parse(readFileSync(join(folder, 'bridge.lock'), 'utf8')).pid, 'SIGKILL');

/** What a server and a network do to their clients, as orders of a test. */
export function faultsOf(server) {
  const port = Number(new URL(server.url).port);
  let knocks = 0;
  const drop = () => {
    for (const socket of server.web.clients) socket.terminate();
  };
  return {
    stream_error({ code }) {
      server.streamError(code, code === '440' ? [{ tag: 'conflict', attrs: { type: 'replaced' } }] : []);
    },
    failure: ({ code }) => server.send({ tag: 'failure', attrs: { reason: code } }),
    drop,
    /** The socket stays lively, and questions stay without an answer, until somebody connects again. */
    silent() {
      const { sockets } = server;
      server.answers['w:p'] = () => undefined;
      const noise = setInterval(() => {
        if (server.sockets > sockets) clearInterval(noise);
        else server.send({ tag: 'ib', attrs: { from: 's.whatsapp.net' }, content: [{ tag: 'noise', attrs: {} }] });
      }, 5_000);
    },
    /** The server is gone: whoever knocks is counted and sent away. */
    async die() {
      drop();
      server.web.close();
      await once(server.web, 'close');
      const dead = net.createServer((socket) => {
        knocks += 1;
        socket.on('error', () => {});
        socket.destroy();
      });
      await once(dead.listen(port, '127.0.0.1'), 'listening');
    },
    counts: () => ({ sockets: server.sockets, knocks }),
    /** Messages are refused with this code from now on, or taken again without one. */
    refuse({ code }) {
      server.ack = () => (code ? { error: code } : {});
    },
    /** The secret in the code on the screen is no longer good. */
    retire_secret: () => server.send({ tag: 'notification', attrs: { type: 'companion_reg_refresh', id: 'retired', from: 's.whatsapp.net' } }),
    /** The bridge over this folder is killed as soon as the receipt of the next message has come. */
    kill_at_receipt({ folder }) {
      server.once('received', () => kill(folder));
    },
    /** The same, as soon as it has sent its next message, before that is acknowledged. */
    kill_at_message({ folder }) {
      server.ack = () => {
        server.ack = () => ({});
        kill(folder);
      };
    },
  };
}
