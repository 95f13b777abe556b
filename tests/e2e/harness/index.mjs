// Everything that a test file needs.
export { check, gather, scenario } from "./scenario.mjs";
export { surroundings } from "./surroundings.mjs";
export { until } from "./until.mjs";
export { Wire, historyRows, isQuiet, wholeHistory, wordsOf } from "./wire.mjs";
export { SERVERS } from "./server.mjs";
export { Site } from "./site.mjs";
export { Tab, packageFolder, packageSite } from "./tab.mjs";
export { onSite } from "./on-site.mjs";
export { pause, question, stop } from "./silence.mjs";
export { violations } from "./axe.mjs";
export { Dice, seedOf } from "./dice.mjs";
export { Judge } from "./judge.mjs";
export { moving, overtaken, reckon } from "./reckoning.mjs";
