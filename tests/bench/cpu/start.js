// Starts as an app does, as soon as its script runs: `bench.started` tells how
// long it took from asking for the script to the first frame on the wire.
import { open } from "subject";

const { send } = WebSocket.prototype;
const first = new Promise((sent) => {
  WebSocket.prototype.send = function (data) {
    sent(performance.now());
    send.call(this, data);
  };
});

async function start() {
  const client = await open(decodeURIComponent(location.hash.slice(1)), () => {});
  await client.request("bench.echo", {});
}

start();

globalThis.bench = {
  async started() {
    const [{ startTime }] = performance.getEntriesByName(new URL("main.js", location.href).href);
    return (await first) - startTime;
  },
};
