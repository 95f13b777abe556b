// The gateway that is killed: `node gateway.mjs COUNT [PORT]` listens on so many
// ports in a row and prints `{ port, at }`, the first of them and the time. A
// line `shutdown MS` on its input has it take no more sockets, tell its clients
// that it will be back in so many milliseconds, close theirs as a gateway does
// (1012), and print `{ said: true }`.
import { createInterface } from "node:readline";
import { answer, challenge, event, hello } from "../protocol.mjs";
import { serve } from "../server.mjs";

// Below the ports that systems give to outgoing connections: while nobody
// listens, a client that retries would sooner or later be given this very port
// and be connected with itself. And beside those that the testkit chooses from.
const PORTS = { first: 10_000, count: 10_000 };
const TRIES = 20;

const bootId = crypto.randomUUID();

function connected(socket, path) {
  socket.on("message", (data) => {
    const { id, method, params } = JSON.parse(data);
    const payload = method === "connect" ? hello(params, { methods: ["bench.echo"], bootId }) : (params ?? {});
    socket.send(answer(id, payload));
  });
  if (path === "/gateway") socket.send(challenge());
}

async function listen(count, port) {
  const servers = [];
  try {
    for (let next = 0; next < count; next += 1) servers.push(await serve({ port: port + next, connected }));
    return servers;
  } catch (error) {
    for (const server of servers) server.close();
    throw error;
  }
}

async function listenSomewhere(count) {
  for (let left = TRIES; ; left -= 1) {
    const port = PORTS.first + Math.floor(Math.random() * (PORTS.count - count));
    try {
      return await listen(count, port);
    } catch (error) {
      if (error.code !== "EADDRINUSE" || left === 0) throw error;
    }
  }
}

const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const [count, port] = process.argv.slice(2).map(Number);
const servers = await (port === undefined ? listenSomewhere(count) : listen(count, port));
print({ port: servers[0].port, at: performance.timeOrigin + performance.now() });

for await (const line of createInterface({ input: process.stdin })) {
  const [, restartExpectedMs] = line.split(" ").map(Number);
  const told = event("shutdown", { reason: "gateway restarting", restartExpectedMs }, 1);
  const closed = servers.flatMap((server) => {
    server.stop();
    return [...server.clients].map((socket) => {
      socket.send(told);
      socket.close(1012, "service restart");
      return new Promise((closed) => socket.once("close", closed));
    });
  });
  await Promise.all(closed);
  print({ said: true });
}
// Whoever started it has gone.
process.exit(0);
