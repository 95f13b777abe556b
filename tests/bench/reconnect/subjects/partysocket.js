// partysocket's reconnecting WebSocket with its own defaults.
import { WebSocket as ReconnectingSocket } from "partysocket";

const ECHO = JSON.stringify({ type: "req", id: "1", method: "bench.echo", params: {} });

export function open(url, onServed) {
  const socket = new ReconnectingSocket(`${url}/plain`);
  socket.addEventListener("open", () => socket.send(ECHO));
  socket.addEventListener("message", ({ data }) => JSON.parse(data).type === "res" && onServed());
}
