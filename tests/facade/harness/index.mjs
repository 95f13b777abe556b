// A client of the package whose module the test plays.
import { register } from "node:module";

register("./hooks.mjs", import.meta.url);
// Node 20 has none, and the played module opens none.
globalThis.WebSocket ??= class {};

export const { GatewayClient, GatewayError, init } = await import("../../../pkg/index.js");
// There is no module on the disk.
await init(new Uint8Array());
const { made } = await import("./raw.mjs");
export { HELLO } from "./raw.mjs";

/** All that is under way has happened. */
export const settled = () => new Promise((done) => setImmediate(done));

/** A client that connects, and its module. */
export async function connecting(options = {}) {
  const client = new GatewayClient({ url: "ws://127.0.0.1:1", ...options });
  client.connect();
  await settled();
  return { client, raw: made.at(-1) };
}

export async function connected(options) {
  const pair = await connecting(options);
  pair.raw.ready();
  return pair;
}

/** What is written to the console as a warning from now on in a test. */
export function warnings(t) {
  const said = [];
  t.mock.method(console, "warn", (text) => said.push(text));
  return said;
}

export const codeOf = ({ code, name }) => code ?? name;
