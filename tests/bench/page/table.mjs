// From samples to rows: medians over the rounds, and of the ratios within each.
import { median, round } from "../rows.mjs";

const CASES = [
  { name: "requests", unit: "", says: "what the browser asks for over HTTP, with nothing kept" },
  { name: "bytes", unit: "KB", says: "what comes of it over the wire" },
  { name: "gateway-requests", unit: "", says: "requests to the gateway until the page is idle" },
  { name: "paint", unit: "ms", says: "from the address to the first paint with content" },
  { name: "composer", unit: "ms", says: "until one can write a message" },
  { name: "conversation", unit: "ms", says: "until the last row stands there" },
  { name: "heap", unit: "MB", says: "then, with 50 rows, wasm memory included" },
  { name: "reply-300", unit: "ms", says: "CPU of the main thread for a reply of 300 words, one every 20 ms, with 50 rows" },
  { name: "reply-300-some", unit: "ms", says: "the same with 5,000 rows read back" },
  { name: "rows", unit: "", says: "of 10,000 that a page shows to who reads back; more is better" },
  { name: "scroll", unit: "ms", says: "CPU of the main thread for 300 frames from the end to the beginning of them" },
  { name: "heap-many", unit: "MB", says: "with them" },
  { name: "task-200k", unit: "ms", says: "the longest task, in CPU, while a reply of 199 KB streams behind them" },
  { name: "heap-200k", unit: "MB", says: "after it" },
];

/** @param {Map<string, object[]>} samples by subject, `official` first; one a round */
export function rows(samples) {
  const official = samples.get("official");
  return CASES.flatMap(({ name, unit }) =>
    [...samples].map(([subject, taken]) => {
      const ratios = taken.map((sample, round) => sample[name] / official[round][name]);
      const value = median(taken.map((sample) => sample[name]));
      return { bench: "page", case: name, subject, value: round(value), unit, ratio: round(median(ratios)) };
    }),
  );
}

/** For people. */
export function table(rows, rounds) {
  const text = [`page: medians of ${rounds} rounds; ratio to the official page in the same round`];
  for (const { name, unit, says } of CASES) {
    text.push("", `${[name, unit].filter(Boolean).join(", ")}: ${says}`);
    for (const { subject, value, ratio } of rows.filter((row) => row.case === name)) {
      text.push(`  ${subject.padEnd(12)} ${value.toFixed(1).padStart(10)} ${ratio.toFixed(2).padStart(7)}`);
    }
  }
  return text.join("\n");
}
