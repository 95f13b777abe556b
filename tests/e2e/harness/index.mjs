// Everything that a test file needs.
export { scenario } from "./scenario.mjs";
export { surroundings } from "./surroundings.mjs";
export { until } from "./until.mjs";
