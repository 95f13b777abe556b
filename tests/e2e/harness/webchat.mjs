// The WebChat page as a person sees it: by roles and accessible names only.
import { catalogue } from "./catalogue.mjs";
import { until } from "./until.mjs";

export class WebChat {
  /** `language` is that in which the page speaks. */
  constructor(page, server, language = "en") {
    this.page = page;
    this.server = server;
    this.words = catalogue(language);
    const name = (id) => ({ name: this.words(id), exact: true });
    this.message = page.getByRole("textbox", name("message"));
    this.address = page.getByRole("textbox", name("gateway-address"));
    this.token = page.getByLabel(this.words("token"), { exact: true });
    this.password = page.getByLabel(this.words("password"), { exact: true });
    this.log = page.getByRole("log", name("conversation"));
    this.status = page.getByRole("status");
    this.sendButton = page.getByRole("button", name("send"));
    this.stopButton = page.getByRole("button", name("stop"));
    this.connectButton = page.getByRole("button", name("connect"));
  }

  /** Opens the page; gateway and token go into the fragment unless told otherwise (`null`: leave it out). */
  async open({ gateway = this.server.gateway, token = this.server.token } = {}) {
    const fragment = new URLSearchParams();
    if (gateway) {
      fragment.set("gateway", gateway);
    }
    if (token) {
      fragment.set("token", token);
    }
    const hash = fragment.size > 0 ? `#${fragment}` : "";
    await this.page.goto(this.server.page + hash);
  }

  /** Opens the page and waits until it is connected and shows the history. */
  async connect(options) {
    await this.open(options);
    await this.isReady();
  }

  /** Waits until the page is connected and shows the history. */
  async isReady(options) {
    await this.hasStatus(this.words("status-connected"), options);
    const first = this.log.getByRole("article").or(this.log.getByRole("heading", { name: this.words("empty-title") }));
    await first.first().waitFor();
    // What was kept of the last visit is not the history yet.
    await this.page.getByText(this.words("kept")).waitFor({ state: "detached" });
  }

  /** Waits until what the page has begun to write stands in the browser's database: leaving the page would undo it. */
  async hasWritten() {
    await this.page.evaluate(async () => {
      const answer = (request) =>
        new Promise((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      for (const { name } of await indexedDB.databases()) {
        const database = await answer(indexedDB.open(name));
        const [store] = database.objectStoreNames;
        // Its turn comes after all that were begun before.
        await answer(database.transaction([...database.objectStoreNames], "readwrite").objectStore(store).count());
        database.close();
      }
    });
  }

  /** The text of the connection's state. */
  async statusText() {
    const texts = await this.status.allInnerTexts();
    return texts.join("\n").trim();
  }

  /** Waits until the state begins with a word: "Connected", "Reconnecting", … */
  hasStatus(start, options) {
    const what = `the status begins with “${start}”`;
    return this.#awaitStatus(what, (text) => text.startsWith(start), options);
  }

  /** Waits until the text of the state matches a pattern. */
  says(pattern, options) {
    return this.#awaitStatus(`the status matches ${pattern}`, (text) => pattern.test(text), options);
  }

  async #awaitStatus(what, isSo, options) {
    let text = "";
    const ask = async () => {
      text = await this.statusText();
      return isSo(text);
    };
    await until(what, ask, options).catch((error) => {
      throw new Error(`${error.message}; it is “${text}”`);
    });
    return text;
  }

  /** The request that the pairing screen names. */
  async requestId() {
    const command = await this.page.getByText("devices approve").innerText();
    return / devices approve ([0-9a-f-]{36})$/.exec(command)?.[1] ?? Promise.reject(new Error(`no request id in “${command}”`));
  }

  /** Types a message and presses Send. */
  async send(text) {
    await this.message.fill(text);
    await this.sendButton.click();
  }

  /** A message with a text, as a place to press buttons in. */
  own(text) {
    return this.log.getByRole("article").filter({ hasText: text });
  }

  /** The transcript in order: `{ who, text, state }`. */
  async messages() {
    return this.log.getByRole("article").evaluateAll((articles) =>
      articles.map((article) => {
        const labels = (article.getAttribute("aria-labelledby") ?? "").split(/\s+/);
        const named = labels.map((id) => (id && document.getElementById(id)?.textContent) || "");
        const label = article.getAttribute("aria-label") ?? named.join(" ").trim();
        // What is named may be marked with its direction.
        const name = label.replaceAll(/[\u200f\u2066-\u2069]/g, "");
        // The time is not part of the words, and a row of history may have another one.
        const time = article.querySelector("time")?.innerText;
        const lines = article.innerText.trim().split("\n").filter((line) => line !== time);
        return {
          who: /^\p{L}+/u.exec(name)?.[0] ?? name,
          text: lines.join("\n").trim(),
          state: article.dataset.state,
        };
      }),
    );
  }

  /** Those of one side that contain a text. */
  async said(who, text) {
    const messages = await this.messages();
    return messages.filter((message) => message.who === who && message.text.includes(text));
  }

  /** Waits for a message of the assistant with a text, anywhere. */
  answer(text, options) {
    const ask = async () => (await this.said(this.words("who-assistant"), text)).at(-1);
    return this.#awaitMessage(`the assistant says “${text}”`, ask, options);
  }

  /** Waits until what follows our last message with a text is a reply with these words. */
  replyTo(question, words, options) {
    const ask = async () => {
      const messages = await this.messages();
      const at = messages.findLastIndex(({ who, text }) => who === this.words("who-you") && text.includes(question));
      const next = at < 0 ? undefined : messages[at + 1];
      return next?.who === this.words("who-assistant") && next.text.includes(words) && next;
    };
    return this.#awaitMessage(`“${question}” gets the reply “${words}”`, ask, options);
  }

  /** Waits until our own message with a text has reached a state. */
  reaches(text, state, options) {
    const ask = async () => (await this.said(this.words("who-you"), text)).at(-1)?.state === state;
    return this.#awaitMessage(`“${text}” is ${state}`, ask, options);
  }

  async #awaitMessage(what, ask, options) {
    return until(what, ask, options).catch(async (error) => {
      throw new Error(`${error.message}; the transcript is ${JSON.stringify(await this.messages())}`);
    });
  }

  /**
   * Notes every text that new messages have on the screen from now on. The
   * answer gives the lengths, in order, of those that began with a text.
   */
  async watchGrowth() {
    await this.log.evaluate((log) => {
      const old = new Set(log.querySelectorAll("article"));
      const seen = new Set();
      const look = () => {
        for (const article of log.querySelectorAll("article")) {
          if (!old.has(article)) {
            seen.add(article.innerText.trim());
          }
        }
      };
      const changes = { subtree: true, childList: true, characterData: true };
      new MutationObserver(look).observe(log, changes);
      globalThis.textsSeen = seen;
    });
    return (start) =>
      this.page.evaluate((start) => {
        const texts = [...globalThis.textsSeen].filter((text) => text.startsWith(start));
        return texts.map((text) => text.length);
      }, start);
  }

  /** Waits until no run is active. */
  async idle(options) {
    await until("the run has ended", async () => !(await this.stopButton.isVisible()), options);
  }
}
