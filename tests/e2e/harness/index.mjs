// Everything that a test file needs.
export { BROWSERS } from "./browsers.mjs";
export { scenario } from "./scenario.mjs";
export { surroundings } from "./surroundings.mjs";
export { until } from "./until.mjs";
export { Wire, historyRows, wordsOf } from "./wire.mjs";
export { Site } from "./site.mjs";
export { violations } from "./axe.mjs";
