// The floor: JSON.parse and a table of requests over a WebSocket. It takes every
// frame to be well made.
export async function requests(socket, onDelta) {
  const waiting = new Map();
  let last = 0;
  socket.onmessage = ({ data }) => {
    const frame = JSON.parse(data);
    if (frame.type === "event") {
      if (frame.event === "chat") onDelta(frame.payload);
    } else {
      const settle = waiting.get(frame.id);
      waiting.delete(frame.id);
      settle(frame.payload);
    }
  };
  await new Promise((opened, failed) => {
    socket.onopen = opened;
    socket.onerror = failed;
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
