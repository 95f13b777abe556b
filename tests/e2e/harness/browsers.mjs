// The browsers of this machine, headless, by playwright-core.
import { chromium, firefox } from "playwright-core";
import { surroundings } from "./surroundings.mjs";

/** The names that scenarios use. */
export const BROWSERS = ["chromium", "firefox"];

const CHROMIUM_ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
];

const open = new Map();

/** A running browser; one of each kind serves all scenarios of a file. `more`: arguments for Chromium. */
export function browser(name, more = []) {
  const kind = [name, ...more].join(" ");
  if (!open.has(kind)) {
    open.set(kind, launch(name, more));
  }
  return open.get(kind);
}

/** A Chromium of its own that keeps what it stores in a folder, as a person's does. `more`: arguments for it. */
export function browserWithProfile(folder, { more = [], ...options }) {
  const executablePath = surroundings.browsers.chromium;
  return chromium.launchPersistentContext(folder, { ...options, executablePath, args: [...CHROMIUM_ARGUMENTS, ...more] });
}

function launch(name, more) {
  const executablePath = surroundings.browsers[name];
  if (name === "chromium") {
    return chromium.launch({ executablePath, args: [...CHROMIUM_ARGUMENTS, ...more] });
  }
  if (name === "firefox") {
    // Not Playwright's own patched Firefox but the system's, over WebDriver BiDi.
    return firefox.launch({ executablePath, channel: "moz-firefox" });
  }
  throw new Error(`no such browser: ${name}`);
}

/** Ends all of them. */
export async function closeBrowsers() {
  const launched = [...open.values()];
  open.clear();
  await Promise.all(launched.map(async (browser) => (await browser).close()));
}
