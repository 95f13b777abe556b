// The CPU that clients spend in the page, measured side by side.
//   node run.mjs ingest|rpc [--rounds N] [--json] [--profile FOLDER]
// CLAWLINE_CHROMIUM names the browser. `cargo xtask bench` builds the package first.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Chromium } from "./chromium.mjs";
import { serve } from "./server.mjs";
import { SUBJECTS, bundle } from "./subjects.mjs";
import { lines, rows, table } from "./table.mjs";

const EVENTS = 10_000;
const REQUESTS = 4_000;

const BENCHES = {
  ingest: {
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
  },
  rpc: {
    // One that only reads events in another way has nothing to show here.
    subjects: SUBJECTS.filter((subject) => subject !== "clawline-iterator"),
    cases: { sequential: requests(1), "inflight-64": requests(64) },
    measures: [{ bench: "rpc", what: "CPU of the main thread for a request", unit: "µs", value: ({ task }) => (task * 1e6) / REQUESTS }],
  },
};

// Nobody listens to `agent`.
function events(event, bytes) {
  return `bench.events("${event}", ${bytes}, ${EVENTS}, ${event === "chat" ? EVENTS : 0})`;
}

function requests(lanes) {
  return `bench.requests(${REQUESTS}, ${lanes})`;
}

async function main() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { rounds: { type: "string", default: "12" }, json: { type: "boolean" }, profile: { type: "string" } },
  });
  const [name] = positionals;
  const bench = BENCHES[name];
  const rounds = Number(values.rounds);
  const path = process.env.CLAWLINE_CHROMIUM;
  if (bench === undefined || !(rounds >= 1) || path === undefined) {
    throw new Error("usage: CLAWLINE_CHROMIUM=PATH node run.mjs ingest|rpc [--rounds N] [--json] [--profile FOLDER]");
  }
  const server = await serve(await bundle());
  const chromium = await Chromium.launch(path);
  try {
    const samples = new Map(Object.keys(bench.cases).map((which) => [which, new Map(bench.subjects.map((subject) => [subject, []]))]));
    for (let round = 0; round < rounds; round += 1) {
      process.stderr.write(`bench  ${name}  round ${round + 1} of ${rounds}\n`);
      for (const subject of order(bench.subjects, round)) await measure({ chromium, server, bench, subject, samples });
    }
    const tables = bench.measures.map((measure) => [measure, rows(measure, samples)]);
    console.log(tables.map(([measure, rows]) => (values.json ? lines(rows) : table(measure, rows, rounds))).join(values.json ? "\n" : "\n\n"));
    if (values.profile !== undefined) await profile({ chromium, server, bench, folder: values.profile });
  } finally {
    await chromium.close();
    server.close();
  }
}

// Rotated, every other round backwards: who comes first or after whom changes.
function order(subjects, round) {
  const turn = round % subjects.length;
  const rotated = [...subjects.slice(turn), ...subjects.slice(0, turn)];
  return round % 2 === 0 ? rotated : rotated.reverse();
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
  for (const subject of bench.subjects) {
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

for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));
await main();
