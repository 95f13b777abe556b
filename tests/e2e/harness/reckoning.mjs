// What became of the messages that were typed: each is a row of the history
// exactly once, or visibly waits for a person.
import { keyOf, renewalOf } from "./judge.mjs";
import { wordsOf } from "./wire.mjs";

/** The key of the row that is left of messages which the gateway threw away because too many waited. */
const OVERFLOW = "followup-overflow:";

/**
 * @param {object} found
 * @param {{ text: string, session: string, key?: string }[]} found.typed without a key: the page
 *   was gone before it took the message, so it may be missing (but not double)
 * @param {Record<string, object[]>} found.rows the history of each session
 * @param {{ key: string, state: string }[]} found.entries what the outboxes still show
 */
export function reckon({ typed, rows, entries }) {
  const found = { once: 0, double: [], missing: [], unconfirmed: 0, parked: [], stale: [], waiting: [], untaken: 0, dropped: [], strangers: [] };
  const shown = new Map(entries.map((entry) => [renewalOf(entry.key)[0], entry]));
  const all = Object.entries(rows).flatMap(([session, list]) => list.map((row) => ({ session, row })));
  const people = all.filter(({ row }) => row.role === "user" && !row.provenance);
  const byText = new Map();
  for (const { session, row } of people) {
    if (row.idempotencyKey?.startsWith(OVERFLOW)) {
      found.dropped.push(wordsOf(row));
      continue;
    }
    const name = `${session}\n${wordsOf(row)}`;
    byText.set(name, [...(byText.get(name) ?? []), keyOf(row)]);
  }
  for (const { text, session, key } of typed) {
    const name = `${session}\n${text}`;
    const keys = byText.get(name) ?? [];
    byText.delete(name);
    const entry = shown.get(key);
    const what = `${key} “${text}” in ${session}`;
    if (keys.length > 1) {
      found.double.push(`${what}: ${keys}`);
    } else if (keys.length === 1) {
      found.once += 1;
      if (key !== undefined && renewalOf(keys[0] ?? "")[0] !== key) {
        found.strangers.push(`${what} has the key ${keys[0]}`);
      }
      if (entry) {
        found.stale.push(`${what} is ${entry.state}`);
      }
    } else if (entry?.state === "unconfirmed") {
      found.unconfirmed += 1;
    } else if (entry?.state === "parked") {
      found.parked.push(`${what}: ${entry.reason}`);
    } else if (entry) {
      found.waiting.push(`${what} is ${entry.state}`);
    } else if (key === undefined) {
      found.untaken += 1;
    } else {
      found.missing.push(what);
    }
  }
  // Whoever sent the same text twice would be here; so are rows of the gateway's own.
  found.strangers.push(...[...byText].map(([name, keys]) => `nobody typed ${JSON.stringify(name)} (${keys})`));
  return found;
}

/** The entries that should move on by themselves: those that wait for no person, nor behind one that does. */
export function moving(entries) {
  const parked = new Set(entries.filter(({ state }) => state === "parked").map(({ session }) => session));
  const waits = ({ state, session }) => state === "unconfirmed" || state === "parked" || (state === "queued" && parked.has(session));
  return entries.filter((entry) => !waits(entry));
}

/**
 * Messages that left before one that was typed earlier into the same session
 * by the same tab. `firstSends`: as a judge has them.
 */
export function overtaken(typed, firstSends) {
  const order = new Map();
  for (const [place, { key }] of firstSends.entries()) {
    const [origin] = renewalOf(key);
    order.set(origin, Math.min(place, order.get(origin) ?? Infinity));
  }
  const last = new Map();
  const wrong = [];
  for (const { key, session, tab, text } of typed) {
    const place = order.get(key);
    if (place === undefined) {
      continue;
    }
    const lane = `${session}\n${tab}`;
    if (place < (last.get(lane)?.place ?? -1)) {
      wrong.push(`“${text}” left before “${last.get(lane).text}”`);
    } else {
      last.set(lane, { place, text });
    }
  }
  return wrong;
}
