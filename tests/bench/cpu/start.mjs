// `startup` and `memory`: what it costs to have a client, side by side.
import { fileURLToPath } from "node:url";
import { bundle } from "../bundle.mjs";
import { lines, order } from "../rows.mjs";
import { serve } from "../server.mjs";
import { SUBJECTS } from "./bench.mjs";
import { Session } from "./session.mjs";
import { rows, table } from "./table.mjs";

const { "clawline-iterator": _, ...CLIENTS } = SUBJECTS;
const HERE = fileURLToPath(new URL(".", import.meta.url));

/** So many times a request streams so many events. */
const STREAMS = 10;
const EVENTS = 100_000;
/** What is compiled, cached and grown once is not counted. */
const WARMING_UP = 20_000;

const STARTUP = {
  page: "start.js",
  which: "first-frame",
  rounds: 12,
  measure: { bench: "startup", what: "from asking for the script to the first frame on the wire", unit: "ms", value: (ms) => ms },
  async take(page, server, subject) {
    await page.open(`${server.page}/${subject}/#${encodeURIComponent(server.socket)}`);
    return page.evaluate("bench.started()");
  },
};

const MEMORY = {
  page: "page.js",
  which: "read-1m",
  rounds: 3,
  measure: { bench: "memory", what: "what each 100,000 of a million events that were read leave in the heap", unit: "KB", value: (bytes) => bytes / 1024 / STREAMS },
  async take(page, server, subject) {
    const read = (count) => page.evaluate(`bench.events("chat", 200, ${count}, ${count})`);
    await page.open(`${server.page}/${subject}/`);
    await page.evaluate(`bench.open(${JSON.stringify(server.socket)})`);
    await read(WARMING_UP);
    const before = await page.held();
    for (let stream = 0; stream < STREAMS; stream += 1) await read(EVENTS);
    return (await page.held()) - before;
  },
};

export const startup = (chromium, options) => run(STARTUP, chromium, options);
export const memory = (chromium, options) => run(MEMORY, chromium, options);

async function run({ page: script, which, rounds: usual, measure, take }, chromium, { rounds = usual, json }) {
  const files = await bundle(HERE, CLIENTS, script);
  const server = await serve({ files, connected: (socket, path) => new Session(socket, path) });
  const subjects = Object.keys(CLIENTS);
  const samples = new Map(subjects.map((subject) => [subject, []]));
  try {
    for (let round = 0; round < rounds; round += 1) {
      process.stderr.write(`bench  ${measure.bench}  round ${round + 1} of ${rounds}\n`);
      for (const subject of order(subjects, round)) {
        const page = await chromium.page();
        samples.get(subject).push(await take(page, server, subject));
        await page.close();
      }
    }
  } finally {
    server.close();
  }
  const all = rows(measure, new Map([[which, samples]]));
  return json ? lines(all) : table(measure, all, rounds);
}
