// Everything that a test file needs.
export { gather, scenario } from "./scenario.mjs";
export { surroundings } from "./surroundings.mjs";
export { until } from "./until.mjs";
export { Wire, historyRows, wordsOf } from "./wire.mjs";
export { SERVERS } from "./server.mjs";
export { Site } from "./site.mjs";
export { violations } from "./axe.mjs";
