// What the runner calls in the page: `bench.open()` once, then its cases. The
// bundler puts one subject beside this file, so that no two share a heap.
import { open } from "subject";

const ECHO = { text: "e".repeat(100) };

let client;
let read = 0;
let characters = 0;

globalThis.bench = {
  async open(url) {
    client = await open(url, (payload) => {
      read += 1;
      characters += payload.deltaText.length;
    });
  },

  // So many events of this name and size, of which the listener must see `due`.
  async events(event, bytes, count, due) {
    read = 0;
    await client.request("bench.events", { event, bytes, count });
    for (let turn = 0; read < due && turn < 100; turn += 1) await new Promise((next) => setTimeout(next));
    if (read !== due) throw new Error(`${read} of ${due} events were read`);
  },

  // So many requests, this many at a time.
  async requests(count, lanes) {
    let left = count;
    const lane = async () => {
      while (left > 0) {
        left -= 1;
        const { text } = await client.request("bench.echo", ECHO);
        characters += text.length;
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  },
};
