// `reconnect`: how soon clients are served again by a gateway that was killed.
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { bundle } from "../bundle.mjs";
import { lines } from "../rows.mjs";
import { serve } from "../server.mjs";
import { Gateway } from "./outage.mjs";
import { rows, table } from "./table.mjs";

/**
 * In the order of the table: the file of each, and how many pages have it. Those
 * without jitter all do the same.
 *
 * A page has one client, as users' pages have: Chromium delays the sockets of a
 * process by `U(1, 5) s * 2^n / 2^16`, where n is those under way plus the ratio
 * of the failed to the opened ones (and one), at most 16.
 */
const SUBJECTS = {
  official: { module: "official", pages: 4 },
  clawline: { module: "clawline", pages: 8 },
  partysocket: { module: "partysocket", pages: 4 },
  raw: { module: "raw", pages: 1, knocks: true },
  "raw-again": { module: "raw", pages: 1, knocks: true },
};

const CASES = [
  { name: "down-0.3", downMs: 300 },
  { name: "down-1", downMs: 1_000 },
  { name: "down-4", downMs: 4_000 },
  { name: "told-4", downMs: 4_000, toldMs: 4_000 },
  { name: "down-12", downMs: 12_000 },
  // It takes as long as all others.
  { name: "down-60", downMs: 60_000, seldom: true },
];

/** Longer than any subject takes to forget its failed attempts. */
const SETTLE_MS = 6_000;
/** A socket that is opened beforehand for so long a time makes up for a floor's failed ones. */
const VISIT_FOR_MS = 150;

export async function reconnect(chromium, { rounds = 5, json }) {
  const modules = Object.entries(SUBJECTS).map(([subject, { module }]) => [subject, module]);
  const files = await bundle(fileURLToPath(new URL(".", import.meta.url)), Object.fromEntries(modules));
  const server = await serve({ files, connected: (socket) => socket.terminate() });
  const outages = CASES.map((which) => ({ ...which, downs: [], samples: new Map(modules.map(([subject]) => [subject, []])) }));
  try {
    for (let round = 0; round < rounds; round += 1) {
      for (const outage of outages) {
        if (outage.seldom && round % 2 === 1) continue;
        process.stderr.write(`bench  reconnect  round ${round + 1} of ${rounds}  ${outage.name}\n`);
        await measure(chromium, server, outage, spread(outage.downMs, round, rounds));
      }
    }
  } finally {
    server.close();
  }
  const all = rows(outages);
  return json ? lines(all) : table(all, outages);
}

// Between 90 and 110 % of it, evenly over the rounds: no outage lasts exactly
// as long as somebody's ladder.
const spread = (downMs, round, rounds) => downMs * (0.9 + (0.2 * (round + 0.5)) / rounds);

// New pages for each outage: Chromium remembers failed sockets for minutes. Each
// has an address of its own: Chromium opens one socket at a time to an address.
async function measure(chromium, server, { toldMs, downs, samples }, downMs) {
  const crowd = Object.entries(SUBJECTS).flatMap(([subject, { pages, knocks }]) =>
    Array.from({ length: pages }, () => ({ subject, visits: knocks ? Math.ceil(downMs / VISIT_FOR_MS) : 0 })),
  );
  const gateway = await Gateway.start(crowd.length);
  const opened = [];
  try {
    for (const [number, { subject, visits }] of crowd.entries()) {
      const page = await chromium.page();
      opened.push({ page, subject });
      await page.open(`${server.page}/${subject}/`);
      await page.evaluate(`bench.open(${JSON.stringify(gateway.urls[number])}, ${visits})`);
    }
    await sleep(SETTLE_MS);
    await Promise.all(opened.map(({ page }) => page.evaluate("bench.reset()")));
    const outage = await gateway.outage(downMs, toldMs);
    downs.push(outage.downMs);
    await Promise.all(
      opened.map(async ({ page, subject }) => {
        const served = await page.evaluate("bench.back()");
        samples.get(subject).push(served - outage.at);
      }),
    );
  } finally {
    await Promise.all(opened.map(({ page }) => page.close()));
    await gateway.stop();
  }
}
