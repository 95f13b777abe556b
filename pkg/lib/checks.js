// What the types say, for apps without types: the module would read on past what is no string.
import { GatewayError } from "./error.js";

const LISTS = ["scopes", "caps", "commands"];

const isText = (value) => typeof value === "string";

export function text(value, name) {
  if (!isText(value)) throw new TypeError(`${name} must be a string, not ${value === null ? "null" : typeof value}.`);
  return value;
}

/** A session's key; the main session has none. */
export function session(key) {
  if (key === undefined || key === null) return undefined;
  if (text(key, "A session's key").trim() === "") throw new TypeError("A session's key must not be empty: leave it out for the main session.");
  return key;
}

/** An idempotency key of the app's own. */
export function ownKey(key) {
  if (text(key, "`idempotencyKey`") === "") throw new TypeError("`idempotencyKey` must not be empty.");
  return key;
}

/** Params as they are now: the app may change its own. */
export function json(params) {
  try {
    return JSON.parse(JSON.stringify(params));
  } catch ({ message }) {
    throw new GatewayError({ code: "invalid-params", message: `The params are not JSON: ${message}` });
  }
}

/** The files of a message as an array, if there are any. */
export function files(attachments) {
  if (!attachments) return undefined;
  const isList = typeof attachments[Symbol.iterator] === "function" || typeof attachments.length === "number";
  if (!isList) throw new TypeError("`attachments` must be an array, or the `files` of an input.");
  return Array.from(attachments, file);
}

function file(file) {
  if (file instanceof Blob || file?.blob instanceof Blob) return file;
  throw new TypeError("An attachment is a File, or { name, blob }.");
}

/** Why no client can ever connect here, if so. */
export function host() {
  if (typeof WebSocket === "function") return undefined;
  return new GatewayError({ code: "no-websocket", message: "There is no WebSocket here." });
}

/** An address, which may be a URL, or a path of the page that begins with a dot or a slash. */
export function address(url) {
  const written = url?.href ?? url;
  if (!isText(written) || written.trim() === "") throw new TypeError("`url` must be the gateway's address");
  const address = written.trim();
  if (/^[./]/.test(address)) return ofPage(address);
  if (!/^[a-z]+:\/\//i.test(address)) throw new TypeError("`url` must begin with ws:// or wss://");
  return address;
}

function ofPage(path) {
  const page = globalThis.location?.href;
  if (!page?.startsWith("http")) throw new TypeError("`url` must begin with ws:// or wss://: there is no page here that it could be a path of.");
  return new URL(path, page).href.replace(/^http/, "ws");
}

/** Options that would be left out without a word, and mean something else then. */
export function options(options) {
  if (!options?.url) throw new TypeError("GatewayClient needs a `url`");
  if (typeof options.url !== "function") address(options.url);
  for (const name of LISTS) {
    const list = options[name] ?? [];
    if (!Array.isArray(list) || !list.every(isText)) throw new TypeError(`\`${name}\` must be an array of strings.`);
  }
  return options;
}
