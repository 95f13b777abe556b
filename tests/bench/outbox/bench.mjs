// `outbox`: what it takes to keep messages, and to send those that were kept.
import { fileURLToPath } from "node:url";
import { bundle } from "../bundle.mjs";
import { lines, order, quantile } from "../rows.mjs";
import { serve } from "../server.mjs";
import { Session } from "./session.mjs";
import { rows, table } from "./table.mjs";

/** In the order of the table, with the file of each. */
const SUBJECTS = { "idb-segments": "idb-segments", "idb-segments-again": "idb-segments", "idb-rows": "idb-rows", clawline: "clawline" };

const MANY = 10_000;
const SESSIONS = 32;
/** Of one session, which sends one after the other. */
const FEW = 1_000;
const SINGLES = 60;

export async function outbox(chromium, { rounds = 5, json }) {
  let admits = true;
  const server = await serve({
    files: await bundle(fileURLToPath(new URL(".", import.meta.url)), SUBJECTS),
    connected: (socket, path) => new Session(socket, path),
    admits: () => admits,
  });
  const samples = new Map(Object.keys(SUBJECTS).map((subject) => [subject, []]));
  try {
    for (let round = 0; round < rounds; round += 1) {
      process.stderr.write(`bench  outbox  round ${round + 1} of ${rounds}\n`);
      for (const subject of order(Object.keys(SUBJECTS), round)) {
        const site = {
          url: JSON.stringify(server.socket),
          open: async () => {
            const page = await chromium.page(true);
            await page.open(`${server.page}/${subject}/`);
            return page;
          },
          down: (isDown) => (admits = !isDown),
        };
        samples.get(subject).push(await measure(site));
      }
    }
  } finally {
    server.close();
  }
  const all = rows(samples);
  return json ? lines(all) : table(all, rounds);
}

// A page writes while there is no gateway; another one finds it and sends.
async function measure(site) {
  const storeMs = await stored(site, MANY, SESSIONS);
  const many = await flushed(site, MANY);
  await stored(site, FEW, 1);
  const few = await flushed(site, FEW);
  const singles = await single(site);
  const of = (what, q) => quantile(singles.map((one) => one[what]), q);
  return {
    "store-10000": storeMs,
    "load-1000": few.firstByteMs,
    "load-10000": many.firstByteMs,
    "load-10000-task": many.loadTaskMs,
    "kept-p50": of("keptMs", 0.5),
    "kept-p99": of("keptMs", 0.99),
    "first-byte-p50": of("leftMs", 0.5),
    "first-byte-p99": of("leftMs", 0.99),
    "flush-32": many.perSecond,
    "flush-32-task": many.flushTaskMs,
    "flush-1": few.perSecond,
    "buffered-32": many.buffered,
  };
}

async function stored(site, count, sessions) {
  site.down(true);
  const page = await site.open();
  await page.evaluate(`bench.open(${site.url})`);
  await page.evaluate("bench.connect()");
  const took = await page.evaluate(`bench.store(${count}, ${sessions})`);
  await page.close();
  site.down(false);
  return took;
}

async function flushed(site, count) {
  const page = await site.open();
  const seen = await page.evaluate(`bench.flush(${site.url}, ${count})`);
  await page.close();
  return seen;
}

async function single(site) {
  const page = await site.open();
  await page.evaluate(`bench.open(${site.url})`);
  await page.evaluate("bench.connect()");
  const times = await page.evaluate(`bench.single(${SINGLES})`);
  await page.close();
  return times;
}
