// What every bench makes of its samples: rows of
// `{ bench, case, subject, value, unit, ratio }`.

/** One JSON object a row. */
export function lines(rows) {
  return rows.map(({ bench, case: which, subject, value, unit, ratio }) => JSON.stringify({ bench, case: which, subject, value, unit, ratio })).join("\n");
}

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

export const median = (values) => quantile(values, 0.5);

export const round = (value) => Math.round(value * 1_000) / 1_000;

export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const below = sorted[Math.floor(at)];
  return below + (sorted[Math.ceil(at)] - below) * (at % 1);
}

/** Rotated, every other round backwards: who comes first or after whom changes. */
export function order(subjects, round) {
  const turn = round % subjects.length;
  const rotated = [...subjects.slice(turn), ...subjects.slice(0, turn)];
  return round % 2 === 0 ? rotated : rotated.reverse();
}
