// The floor: it knocks without pause, as nobody should.
const RETRY_MS = 20;
const ECHO = JSON.stringify({ type: "req", id: "1", method: "bench.echo", params: {} });

export function open(url, onServed) {
  const socket = new WebSocket(`${url}/plain`);
  socket.onopen = () => socket.send(ECHO);
  socket.onmessage = ({ data }) => JSON.parse(data).type === "res" && onServed();
  socket.onclose = () => setTimeout(() => open(url, onServed), RETRY_MS);
}
