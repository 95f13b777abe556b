// From samples to rows: medians, and each ratio to the floor of its own round,
// so that a change of the machine's pace between rounds cancels out.
import { mean, median, quantile, round } from "../rows.mjs";

/** The two raws are one code, so their distance is the noise. */
export const FLOOR = ["raw", "raw-again"];

/**
 * @param {object} measure `{ bench, unit, value }`; `value` makes a number of a sample
 * @param {Map<string, Map<string, object[]>>} samples by case, then subject; one a round
 */
export function rows({ bench, unit, value }, samples) {
  const rows = [];
  for (const [which, subjects] of samples) {
    const floors = transpose(FLOOR.map((subject) => subjects.get(subject).map(value))).map(mean);
    for (const [subject, taken] of subjects) {
      const values = taken.map(value);
      const ratios = values.map((value, round) => value / floors[round]);
      rows.push({
        bench,
        case: which,
        subject,
        value: round(median(values)),
        unit,
        ratio: round(median(ratios)),
        low: round(quantile(ratios, 0.25)),
        high: round(quantile(ratios, 0.75)),
      });
    }
  }
  return rows;
}

/** For people. */
export function table({ bench, unit, what }, rows, rounds) {
  const text = [`${bench}: ${what}, ${unit}; medians of ${rounds} rounds; ratio to the mean of the two raws (middle half of the rounds)`];
  let last;
  for (const row of rows) {
    if (row.case !== last) {
      const [raw, again] = FLOOR.map((subject) => rows.find((other) => other.case === row.case && other.subject === subject));
      text.push("", `${row.case}  (A/A: raw-again is ${(again.value / raw.value).toFixed(2)} of raw)`);
      last = row.case;
    }
    const range = `${row.low.toFixed(2)} to ${row.high.toFixed(2)}`;
    text.push(`  ${row.subject.padEnd(18)} ${row.value.toFixed(1).padStart(8)} ${row.ratio.toFixed(2).padStart(7)}  (${range})`);
  }
  return text.join("\n");
}

function transpose(columns) {
  return columns[0].map((_, row) => columns.map((column) => column[row]));
}
