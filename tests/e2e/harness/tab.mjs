// Tabs of a site that uses our npm package, driven from outside.
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Site } from "./site.mjs";
import { surroundings } from "./surroundings.mjs";

/** What a page must allow for the package, and no more. */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "connect-src 'self' ws://127.0.0.1:*",
  "img-src data:",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const FILES = {
  "/index.html":
    '<!doctype html><meta charset="utf-8"><title>A site</title><link rel="icon" href="data:,"><script type="module" src="/app.js"></script>',
  "/app.js": `import * as clawline from "/clawline/index.js";
globalThis.clawline = clawline;
globalThis.start = (options) => {
  const client = new clawline.GatewayClient(options);
  globalThis.client = client;
  client.connect();
};
`,
};

/** Somebody's web site with the package on it. */
export function packageSite() {
  return Site.start({ files: FILES, folders: { "/clawline/": surroundings.package }, policy: POLICY });
}

let folder;

/** The same as a folder, for a server of its own. */
export function packageFolder() {
  folder ??= writeFolder();
  return folder;
}

async function writeFolder() {
  const folder = join(surroundings.results, "package-site");
  await mkdir(folder, { recursive: true });
  await cp(surroundings.package, join(folder, "clawline"), { recursive: true });
  await Promise.all(Object.entries(FILES).map(([path, text]) => writeFile(join(folder, path), text)));
  return folder;
}

/** One tab of that site, with one client. */
export class Tab {
  page;
  /** Sockets of this tab that are open now. */
  sockets = 0;
  #url;
  #options;

  /**
   * @param {object} page of Playwright
   * @param {string} url of the site
   * @param {object} options for `GatewayClient`
   */
  constructor(page, url, options) {
    this.page = page;
    this.#url = url;
    this.#options = options;
    page.on("websocket", (socket) => {
      this.sockets += 1;
      socket.once("close", () => (this.sockets -= 1));
    });
    // A reload ends sockets without telling.
    page.on("framenavigated", () => (this.sockets = 0));
  }

  /** Opens the site and begins to connect. */
  async open() {
    await this.page.goto(this.#url);
    await this.#start();
  }

  async reload() {
    await this.page.reload();
    await this.#start();
  }

  async #start() {
    await this.page.waitForFunction(() => globalThis.start);
    await this.page.evaluate((options) => start(options), this.#options);
  }

  /** The key of the message, once the client has taken it. */
  send(text, sessionKey, options = {}) {
    return this.page.evaluate(async ([text, options]) => {
      const sent = client.send(text, options);
      globalThis.sent = [...(globalThis.sent ?? []), { text, sent }];
      await sent.stored;
      return sent.key;
    }, [text, { sessionKey, ...options }]);
  }

  /** What was typed here since the page was loaded, and nobody has told this page that it arrived. */
  unsettled() {
    return this.page.evaluate(() => (globalThis.sent ?? []).filter(({ sent }) => sent.state !== "confirmed").map(({ text, sent }) => `${text}: ${sent.state}`));
  }

  entries() {
    return this.page.evaluate(() => client.entries());
  }

  async status() {
    return (await this.page.evaluate(() => client.status)).status;
  }

  /** Resolves when it can talk to the gateway, over its own socket or another tab's. */
  async ready() {
    await this.page.evaluate(() => client.ready());
  }

  async close() {
    await this.page.close();
  }
}
