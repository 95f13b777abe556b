// What an app ships with each client, as its bundler would: minified, brotli.
//   node peers.mjs [--json]
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const PACKAGE = fileURLToPath(new URL("../../pkg", import.meta.url));

const PEERS = {
  clawline: { entry: 'export * from "clawline";', also: [`${PACKAGE}/dist/clawline_bg.wasm`] },
  official: { entry: 'export { GatewayProtocolClient } from "@openclaw/gateway-client/browser";' },
  "official, with its host's part": { entry: 'export * from "./official.js";' },
  partysocket: { entry: 'export { WebSocket } from "partysocket";' },
};

async function measure({ entry, also = [] }) {
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: HERE },
    alias: { clawline: `${PACKAGE}/index.js` },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
    logLevel: "warning",
  });
  const files = [outputFiles[0].contents, ...(await Promise.all(also.map((path) => readFile(path))))];
  const sum = (size) => files.map(size).reduce((sum, bytes) => sum + bytes, 0);
  return { raw: sum(({ length }) => length), brotli: sum((bytes) => brotliCompressSync(bytes).length) };
}

for (const [name, peer] of Object.entries(PEERS)) {
  const { raw, brotli } = await measure(peer);
  const row = process.argv.includes("--json")
    ? JSON.stringify({ name, raw, brotli })
    : `${name.padEnd(32)} ${`${raw}`.padStart(9)} raw ${`${brotli}`.padStart(9)} brotli`;
  console.log(row);
}
