// `ingest` and `rpc`: the CPU that clients spend in the page, side by side.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "../bundle.mjs";
import { order, lines } from "../rows.mjs";
import { serve } from "../server.mjs";
import { Session } from "./session.mjs";
import { rows, table } from "./table.mjs";

const EVENTS = 10_000;
const REQUESTS = 4_000;

/** In the order of the table, with the file of each. */
export const SUBJECTS = {
  raw: "raw",
  "raw-again": "raw",
  official: "official",
  partysocket: "partysocket",
  clawline: "clawline",
  "clawline-iterator": "clawline-iterator",
};

const INGEST = {
  name: "ingest",
  subjects: SUBJECTS,
  cases: {
    "read-200": events("chat", 200),
    "read-4096": events("chat", 4096),
    "unread-200": events("agent", 200),
    "unread-4096": events("agent", 4096),
  },
  measures: [
    { bench: "ingest", what: "CPU of callbacks for 10,000 events", unit: "ms", value: ({ script }) => script * 1e3 },
    // The browser's own work is most of this, but it is the one figure that
    // sees what runs in microtasks, as every `await` does.
    { bench: "ingest-thread", what: "CPU of the main thread for 10,000 events", unit: "ms", value: ({ task }) => task * 1e3 },
  ],
};

// One that only reads events in another way has nothing to show with requests.
const { "clawline-iterator": _, ...REQUESTERS } = SUBJECTS;

const RPC = {
  name: "rpc",
  subjects: REQUESTERS,
  cases: { sequential: requests(1), "inflight-64": requests(64) },
  measures: [{ bench: "rpc", what: "CPU of the main thread for a request", unit: "µs", value: ({ task }) => (task * 1e6) / REQUESTS }],
};

// Nobody listens to `agent`.
function events(event, bytes) {
  return `bench.events("${event}", ${bytes}, ${EVENTS}, ${event === "chat" ? EVENTS : 0})`;
}

function requests(lanes) {
  return `bench.requests(${REQUESTS}, ${lanes})`;
}

export const ingest = (chromium, options) => run(INGEST, chromium, options);
export const rpc = (chromium, options) => run(RPC, chromium, options);

async function run(bench, chromium, { rounds = 12, json, profile: folder }) {
  const files = await bundle(fileURLToPath(new URL(".", import.meta.url)), bench.subjects);
  const server = await serve({ files, connected: (socket, path) => new Session(socket, path) });
  try {
    const subjects = Object.keys(bench.subjects);
    const samples = new Map(Object.keys(bench.cases).map((which) => [which, new Map(subjects.map((subject) => [subject, []]))]));
    for (let round = 0; round < rounds; round += 1) {
      process.stderr.write(`bench  ${bench.name}  round ${round + 1} of ${rounds}\n`);
      for (const subject of order(subjects, round)) await measure({ chromium, server, bench, subject, samples });
    }
    const tables = bench.measures.map((measure) => [measure, rows(measure, samples)]);
    if (folder !== undefined) await profile({ chromium, server, bench, folder });
    return tables.map(([measure, rows]) => (json ? lines(rows) : table(measure, rows, rounds))).join(json ? "\n" : "\n\n");
  } finally {
    server.close();
  }
}

// A new page for each round and subject: a heap of its own, compiled afresh.
async function measure({ chromium, server, bench, subject, samples }) {
  const page = await opened(chromium, server, subject);
  for (const [which, run] of Object.entries(bench.cases)) {
    // The first time, it is still being compiled.
    await page.evaluate(run);
    samples.get(which).get(subject).push(await page.cpu(run));
  }
  await page.close();
}

async function opened(chromium, server, subject) {
  const page = await chromium.page();
  await page.open(`${server.page}/${subject}/`);
  await page.evaluate(`bench.open(${JSON.stringify(server.socket)})`);
  return page;
}

// Where the time goes, for the performance panel of a browser.
async function profile({ chromium, server, bench, folder }) {
  await mkdir(folder, { recursive: true });
  for (const subject of Object.keys(bench.subjects)) {
    const page = await opened(chromium, server, subject);
    await page.send("Profiler.enable");
    await page.send("Profiler.setSamplingInterval", { interval: 100 });
    for (const [which, run] of Object.entries(bench.cases)) {
      await page.evaluate(run);
      await page.send("Profiler.start");
      await page.evaluate(run);
      const { profile } = await page.send("Profiler.stop");
      await writeFile(join(folder, `${subject}-${which}.cpuprofile`), JSON.stringify(profile));
    }
    await page.close();
  }
}
