// Somebody who uses an example: they read and write, and know no more of it.
import { until } from "../../e2e/harness/index.mjs";

export class Person {
  constructor(page) {
    this.page = page;
    this.status = page.getByRole("status");
    this.stopButton = page.getByRole("button", { name: "Stop", exact: true });
    this.alert = page.getByRole("alert");
    this.sendAgainButton = page.getByRole("button", { name: "Send again", exact: true });
    this.removeButton = page.getByRole("button", { name: "Remove", exact: true });
    this.message = page.getByRole("textbox", { name: "Message", exact: true });
    this.log = page.getByRole("log", { name: "Conversation", exact: true });
  }

  async writes(words) {
    await this.message.fill(words);
    await this.message.press("Enter");
  }

  /** Waits until the conversation is so; answers its text. */
  async reads(what, isSo) {
    let text;
    const look = async () => {
      text = await this.log.innerText();
      return isSo(text);
    };
    await until(`the conversation shows ${what}`, look).catch((error) => {
      throw new Error(`${error.message}; it is “${text}”`);
    });
    return text;
  }

  /** Waits until the state of the connection matches a pattern. */
  isTold(pattern) {
    return this.status.filter({ hasText: pattern }).waitFor();
  }

  /** Waits until nothing is being said. */
  async hearsTheEnd() {
    await this.stopButton.waitFor({ state: "hidden" });
  }
}
