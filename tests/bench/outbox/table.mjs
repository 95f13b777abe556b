// From samples to rows: medians over the rounds, and their ratio to the mean of
// the two hand-written outboxes that are one code.
import { mean, median, round } from "../rows.mjs";

/** One code twice, so their distance is the noise. */
const FLOOR = ["idb-segments", "idb-segments-again"];

const CASES = [
  { name: "store-10000", unit: "ms", says: "10,000 messages at once, until they are kept" },
  { name: "kept-p50", unit: "ms", says: "one message, until it is kept (strict)" },
  { name: "kept-p99", unit: "ms" },
  { name: "first-byte-p50", unit: "ms", says: "one message, until its bytes leave" },
  { name: "first-byte-p99", unit: "ms" },
  { name: "load-1000", unit: "ms", says: "a new page with 1,000 kept messages, until the first leaves" },
  { name: "load-10000", unit: "ms", says: "a new page with 10,000" },
  { name: "load-10000-task", unit: "ms", says: "the longest that the page was busy meanwhile" },
  { name: "flush-1", unit: "messages/s", says: "1,000 kept messages of one session, until all are confirmed; more is better" },
  { name: "flush-32", unit: "messages/s", says: "10,000 of 32 sessions; more is better" },
  { name: "flush-32-task", unit: "ms", says: "the longest that the page was busy meanwhile" },
  { name: "buffered-32", unit: "bytes", says: "the most that the socket had not passed on" },
];

/** @param {Map<string, object[]>} samples by subject, one a round */
export function rows(samples) {
  return CASES.flatMap(({ name, unit }) => {
    const value = (subject) => median(samples.get(subject).map((sample) => sample[name]));
    const floor = mean(FLOOR.map(value));
    return [...samples.keys()].map((subject) => ({
      bench: "outbox",
      case: name,
      subject,
      value: round(value(subject)),
      unit,
      ratio: floor === 0 ? null : round(value(subject) / floor),
    }));
  });
}

/** For people. */
export function table(rows, rounds) {
  const text = [`outbox: medians of ${rounds} rounds; ratio to the mean of idb-segments and idb-segments-again (A/A)`];
  for (const { name, unit, says } of CASES) {
    text.push("", says === undefined ? `${name}, ${unit}` : `${name}, ${unit}: ${says}`);
    for (const { subject, value, ratio } of rows.filter((row) => row.case === name)) {
      text.push(`  ${subject.padEnd(20)} ${value.toFixed(1).padStart(10)} ${(ratio?.toFixed(2) ?? "").padStart(7)}`);
    }
  }
  return text.join("\n");
}
