// From samples to rows: the median and the 95th percentile of all clients in
// all rounds, and their ratio to the official client's.
import { mean, quantile, round } from "../rows.mjs";

/** One code twice, so their distance is the noise. */
export const FLOOR = ["raw", "raw-again"];

const MEASURES = [
  { bench: "reconnect", q: 0.5 },
  { bench: "reconnect-p95", q: 0.95 },
];

export function rows(outages) {
  return MEASURES.flatMap(({ bench, q }) =>
    outages.flatMap(({ name, samples }) => {
      const official = quantile(samples.get("official"), q);
      return [...samples].map(([subject, taken]) => {
        const value = quantile(taken, q);
        return { bench, case: name, subject, value: round(value), unit: "ms", ratio: round(value / official) };
      });
    }),
  );
}

/** For people. */
export function table(rows, outages) {
  const text = ["reconnect: from listening again to the first answer, ms; over all clients and rounds; ratio of the medians to the official client's"];
  for (const { name, downs, samples } of outages) {
    const of = (subject) => MEASURES.map(({ bench }) => rows.find((row) => row.bench === bench && row.case === name && row.subject === subject));
    const [raw, again] = FLOOR.map((subject) => of(subject)[0].value);
    const down = `down ${(mean(downs) / 1e3).toFixed(2)} s in the mean of ${downs.length}`;
    text.push("", `${name}  (${down}; A/A: raw ${raw.toFixed(0)}, raw-again ${again.toFixed(0)} ms)`, `  ${"".padEnd(16)} ${"p50".padStart(8)} ${"p95".padStart(8)} ${"ratio".padStart(7)} ${"clients".padStart(8)}`);
    for (const [subject, taken] of samples) {
      const [p50, p95] = of(subject);
      const figures = [p50.value.toFixed(0).padStart(8), p95.value.toFixed(0).padStart(8), p50.ratio.toFixed(2).padStart(7), `${taken.length}`.padStart(8)];
      text.push(`  ${subject.padEnd(16)} ${figures.join(" ")}`);
    }
  }
  return text.join("\n");
}
