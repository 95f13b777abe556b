// `page`: our page beside the gateway's own, at one gateway, in one browser.
import { lines, order } from "../rows.mjs";
import { Site } from "./site.mjs";
import { rows, table } from "./table.mjs";
import { Visit } from "./visit.mjs";

/** In the order of the table. */
const SUBJECTS = ["official", "clawline"];

const FEW = 50;
const SOME = 5_000;
const MANY = 10_000;
const DELTAS = 300;
const FRAMES = 300;
/** Words, `w1 w2 …`: 199 KB of them. */
const LONG = 30_000;
/** What there is at the end of the conversation: the rows, or what was answered since. */
const WORDS = /row \d+:|w\d+/;

export async function page(chromium, { rounds = 3, json }) {
  const samples = new Map(SUBJECTS.map((subject) => [subject, []]));
  const site = await Site.start();
  const each = async (what, measure) => {
    for (let round = 0; round < rounds; round += 1) {
      process.stderr.write(`bench  page  ${what}, round ${round + 1} of ${rounds}\n`);
      for (const subject of order(SUBJECTS, round)) {
        const taken = samples.get(subject);
        taken[round] = { ...taken[round], ...(await measure(subject, round)) };
      }
    }
  };
  try {
    await site.fill(FEW);
    await each(`${FEW} rows`, (subject, round) => loaded(chromium, site, subject, round));
    await site.fill(MANY);
    await each(`${MANY} rows`, (subject, round) => read(chromium, site, subject, round));
  } finally {
    await site.stop();
  }
  const all = rows(samples);
  return json ? lines(all) : table(all, rounds);
}

// Counted apart from what is timed: the browser reports each frame on the thread
// that is measured.
async function loaded(chromium, site, subject, round) {
  const counted = await Visit.begin(chromium, site.pages[subject], WORDS);
  const { requests, bytes, gateway } = await counted.count();
  await counted.close();
  const visit = await Visit.begin(chromium, site.pages[subject], WORDS);
  await visit.open();
  const { paint, composer, conversation } = await visit.times();
  const heap = await visit.held();
  const reply = await visit.cpu(() => visit.ask(site, `${subject} ${round} of few [chunks:${DELTAS}:20]`));
  await visit.close();
  return { requests, bytes: bytes / 1e3, "gateway-requests": gateway, paint, composer, conversation, heap: heap / 1e6, "reply-300": reply };
}

// Reading back stops where a page shows no more; `rows` says how far it came.
async function read(chromium, site, subject, round) {
  const visit = await Visit.begin(chromium, site.pages[subject], WORDS);
  await visit.open();
  await visit.readBack(MANY - SOME + 1);
  await visit.toEnd();
  const reply = await visit.cpu(() => visit.ask(site, `${subject} ${round} of some [chunks:${DELTAS}:20]`));
  await visit.readBack(1);
  const rows = MANY - (await visit.firstRow()) + 1;
  await visit.toEnd();
  const scroll = await visit.cpu(() => visit.scroll(FRAMES));
  await visit.toEnd();
  const heap = await visit.held();
  const task = await visit.longestTask(() => visit.ask(site, `${subject} ${round} of many [chunks:${LONG}:1]`));
  const after = await visit.held();
  await visit.close();
  return { rows, "reply-300-some": reply, scroll, "heap-many": heap / 1e6, "task-200k": task, "heap-200k": after / 1e6 };
}
