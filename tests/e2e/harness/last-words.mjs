// What a failed scenario says where only its output is kept: what each page
// knew, and what went last over the console and the lines.
import { setTimeout as sleep } from "node:timers/promises";

const LINES = 10;
const FRAMES = 15;
/** Of what a page knew: thousands of messages may wait in it. */
const CHARACTERS = 2_000;

/** Sentences about the moment of a failure. No payload of a frame is in them. */
export async function lastWords(context, complaints, frames) {
  const pages = await Promise.all((context?.pages() ?? []).map(describe));
  const lines = (complaints?.console ?? "").split("\n").slice(-LINES).filter(Boolean);
  return [
    ...pages,
    ...lines.map((line) => `console: ${line.slice(0, 300)}`),
    ...frames.slice(-FRAMES).map(frameInShort),
  ];
}

/** A page, and the client of ours that is `client` there. */
async function describe(page) {
  const known = page.evaluate(() => {
    const { client } = globalThis;
    return client ? { status: client.status, entries: client.entries() } : "no client";
  });
  const seen = await Promise.race([known.catch((why) => why.message), sleep(5_000, "it does not answer")]);
  return `page ${page.url().split(/[?#]/)[0]}: ${JSON.stringify(seen).slice(0, CHARACTERS)}`;
}

function frameInShort({ socket, direction, at, text }) {
  const when = new Date(at).toISOString().slice(11, 23);
  return `${when} socket ${socket} ${direction} ${about(text)}`;
}

function about(text) {
  try {
    const { type, id, method, event, ok, error } = JSON.parse(text);
    return [type, id, method, event, ok, error?.code].filter((part) => part !== undefined).join(" ");
  } catch {
    return `${text.length} characters`;
  }
}
