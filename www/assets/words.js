// What the page says, in its language: catalogues of Fluent, each loaded when
// its language is chosen. English is part of this script and stands in for
// what another catalogue lacks, or for all of it while it cannot be loaded.
import { FluentBundle, FluentResource } from "@fluent/bundle";
// The build makes this of www/words/: tag → { name, direction, source or url }.
import CATALOGUES from "catalogues";

const ENGLISH = "en";
const KEPT = "clawline.language";
const PATIENCE_MS = 8_000;
// Letters that are written from right to left.
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** Elements that say in which language their words are. */
const marked = new Set();

const english = read(ENGLISH, CATALOGUES[ENGLISH].source);
let spoken = english;

/** The tag of the language. */
export function language() {
  return spoken.tag;
}

/** The language as it is spoken where the person is: how numbers and dates are written. */
export function locale() {
  return spoken.locale;
}

/** Tags and names by turns. */
export function languages() {
  return Object.entries(CATALOGUES).flatMap(([tag, { name }]) => [tag, name]);
}

/** The language that the person has chosen, else the first of theirs that the page speaks. */
export function wanted() {
  const kept = stored();
  if (kept && Object.hasOwn(CATALOGUES, kept)) {
    return kept;
  }
  const tags = Object.keys(CATALOGUES);
  const first = (asked) => tags.find((tag) => written(tag) === written(asked));
  return navigator.languages.map(first).find(Boolean) ?? ENGLISH;
}

/** Speaks a language from now on. Fails while its catalogue cannot be loaded. */
export async function speak(tag) {
  spoken = tag === ENGLISH ? english : read(tag, await load(CATALOGUES[tag].url));
  for (const element of marked) {
    mark(element);
  }
}

/** Says of an element in which language its words are, from now on and until `unmark`. */
export function mark(element) {
  marked.add(element);
  element.lang = spoken.tag;
  element.dir = CATALOGUES[spoken.tag].direction;
}

export function unmark(element) {
  marked.delete(element);
}

/** A message, with what it names. */
export function format(id, named) {
  const from = spoken.bundle.getMessage(id)?.value ? spoken : english;
  const pattern = from.bundle.getMessage(id)?.value;
  if (!pattern) {
    return id;
  }
  if (!from.isolates) {
    for (const [name, value] of Object.entries(named)) {
      if (RIGHT_TO_LEFT.test(value)) named[name] = apart(value);
    }
  }
  // What cannot be said stands there by its name; there is nobody to tell.
  return from.bundle.formatPattern(pattern, named, []);
}

/** A text of others, so that its direction is its own alone. */
export function isolated(text) {
  return spoken.isolates || RIGHT_TO_LEFT.test(text) ? apart(text) : text;
}

/** A sentence of ours in another one: first of all it says its direction, which marks inside of it do not. */
export function within(text) {
  return spoken.isolates ? `\u200f${text}` : text;
}

function apart(text) {
  return `\u2068${text}\u2069`;
}

function read(tag, source) {
  const locale = navigator.languages.find((asked) => written(asked) === written(tag)) ?? tag;
  // From right to left nearly all that is named runs the other way: Fluent marks all of it.
  const isolates = CATALOGUES[tag].direction === "rtl";
  const bundle = new FluentBundle(locale, { useIsolating: isolates });
  bundle.addResource(new FluentResource(source));
  return { tag, locale, isolates, bundle };
}

/** Language and script: the same for whoever reads the same. */
function written(tag) {
  try {
    const { language, script } = new Intl.Locale(tag).maximize();
    return `${language}-${script}`;
  } catch {
    return tag; // Not a language; nobody speaks it.
  }
}

async function load(url) {
  const answer = await fetch(new URL(url, import.meta.url), { signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!answer.ok) {
    throw new Error(`the catalogue is not there (${answer.status})`);
  }
  return answer.text();
}

function stored() {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null; // Storage is blocked: what the browser says will do.
  }
}
