import { report } from "./error.js";

const LEVELS = ["debug", "info", "warn", "error"];

// The level and the fields of what is worth a line in a log. Fields are codes,
// keys and numbers, never payloads, addresses with secrets, or tokens.
function line(type, detail) {
  switch (type) {
    case "status": {
      const { status, attempt, retryInMs, cause } = detail;
      const isEnd = status === "paused" || status === "crashed";
      const level = isEnd ? "error" : status === "waiting" ? "warn" : "info";
      return [level, { status, attempt, retryInMs, code: cause?.code }];
    }
    case "outbox": {
      const { key, state, attempts } = detail;
      const level = state === "parked" || state === "unconfirmed" ? "warn" : "debug";
      return [level, { key, state, attempts }];
    }
    case "restored":
      return ["debug", {}];
    case "error":
      return ["error", { code: detail.code }];
    case "request":
      return ["debug", detail];
    default:
      return ["warn", typeof detail === "string" ? { code: detail } : {}];
  }
}

/** Writes lines to an app's logger, if it has one. */
export function log({ logger, logLevel = "info" }, type, detail) {
  if (logger === undefined) return;
  const [level, fields] = line(type, detail);
  if (LEVELS.indexOf(level) < LEVELS.indexOf(logLevel)) return;
  try {
    logger(level, type, fields);
  } catch (error) {
    report(error);
  }
}
