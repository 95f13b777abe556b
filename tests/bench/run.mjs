// Measures clients in Chromium, side by side.
//   node run.mjs ingest|rpc|startup|memory|reconnect|outbox|page [--rounds N] [--json] [--profile FOLDER]
// CLAWLINE_CHROMIUM names the browser. `cargo xtask bench` builds the package first.
import { parseArgs } from "node:util";
import { Chromium } from "./chromium.mjs";
import { ingest, rpc } from "./cpu/bench.mjs";
import { memory, startup } from "./cpu/start.mjs";
import { outbox } from "./outbox/bench.mjs";
import { reconnect } from "./reconnect/bench.mjs";

/** It is told more by its surroundings than the others are. */
const page = async (...how) => (await import("./page/bench.mjs")).page(...how);

const BENCHES = { ingest, rpc, startup, memory, reconnect, outbox, page };

async function main() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { rounds: { type: "string" }, json: { type: "boolean" }, profile: { type: "string" } },
  });
  const bench = BENCHES[positionals[0]];
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  const path = process.env.CLAWLINE_CHROMIUM;
  if (bench === undefined || path === undefined || !(rounds === undefined || rounds >= 1)) {
    const names = Object.keys(BENCHES).join("|");
    throw new Error(`usage: CLAWLINE_CHROMIUM=PATH node run.mjs ${names} [--rounds N] [--json] [--profile FOLDER]`);
  }
  const chromium = await Chromium.launch(path);
  try {
    console.log(await bench(chromium, { ...values, rounds }));
  } finally {
    await chromium.close();
  }
}

for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));
await main();
