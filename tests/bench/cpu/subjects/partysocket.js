// The raw client over a reconnecting WebSocket instead of a plain one.
import { WebSocket as ReconnectingSocket } from "partysocket";

export async function open(url, onDelta) {
  const socket = new ReconnectingSocket(`${url}/plain`);
  const waiting = new Map();
  let last = 0;
  socket.addEventListener("message", ({ data }) => {
    const frame = JSON.parse(data);
    if (frame.type === "event") {
      if (frame.event === "chat") onDelta(frame.payload);
    } else {
      const settle = waiting.get(frame.id);
      waiting.delete(frame.id);
      settle(frame.payload);
    }
  });
  await new Promise((opened, failed) => {
    socket.addEventListener("open", opened);
    socket.addEventListener("error", failed);
  });
  return {
    request(method, params) {
      return new Promise((settle) => {
        const id = `${++last}`;
        waiting.set(id, settle);
        socket.send(JSON.stringify({ type: "req", id, method, params }));
      });
    },
  };
}
