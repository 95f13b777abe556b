// How the page looks, in both sizes and themes: screenshots to be looked at,
// and what axe finds on each screen.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { scenario, surroundings, violations } from "./harness/index.mjs";
import { plug } from "./harness/plug.mjs";

const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
const THEMES = ["light", "dark"];
const SCREENS = join(surroundings.results, "screens");

const MUST_BE_APPROVED = { relay: ["--pair", "always"] };

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const theme of THEMES) {
    const options = {
      servers: ["embedded"],
      server: MUST_BE_APPROVED,
      context: { viewport, colorScheme: theme, reducedMotion: "reduce", hasTouch: size === "phone" },
    };
    const looker = (page) => {
      const found = [];
      const look = async (screen) => {
        await mkdir(SCREENS, { recursive: true });
        await page.screenshot({ path: join(SCREENS, `${screen}-${size}-${theme}.png`) });
        found.push(...(await violations(page)).map((line) => `${screen}: ${line}`));
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `${screen} is ${wide} px wider than the window`);
      };
      return { found, look };
    };

    scenario(`every screen is sound for axe and is photographed · ${size} · ${theme}`, options, async ({ chat, page, server }) => {
      const { found, look } = looker(page);

      await chat.open({ token: null });
      await chat.hasStatus("Signed out");
      await look("connect");

      await chat.token.fill(server.token);
      await chat.connectButton.click();
      await chat.hasStatus("Waiting for approval");
      await look("pairing");

      // Before it is approved: the page then goes on by itself, and takes the button away.
      await page.getByRole("button", { name: "Retry now" }).click();
      await server.approve(await chat.requestId());
      await chat.hasStatus("Connected");
      await look("empty");
      await chat.send("Show me what you can do [markdown]");
      await chat.reaches("Show me", "confirmed");
      await page.getByRole("log").getByRole("table").waitFor();
      await chat.idle();
      await look("chat");

      await server.line({ mode: "refuse" });
      await server.cut();
      await chat.hasStatus("Reconnecting");
      await chat.send("And this waits for the gateway.");
      await chat.reaches("And this waits", "queued");
      await chat.says(/^Reconnecting: Nothing answered/);
      await look("offline");
      assert.deepEqual(found, []);
    });

    const open = { ...options, server: {} };
    scenario(`what waits, what is new and what is attached is sound for axe · ${size} · ${theme}`, open, async ({ chat, page, context, server }) => {
      const { found, look } = looker(page);
      const line = await plug(context);
      await chat.connect();
      await chat.send("What is new?");
      await chat.reaches("What is new?", "confirmed");
      await chat.answer("What is new?");
      await chat.idle();
      const files = ["meeting notes of the second week, the long version.txt", "photo.png"];
      const attach = (...names) =>
        page.locator("input[type=file]").setInputFiles(names.map((name) => ({ name, mimeType: "text/plain", buffer: Buffer.alloc(70_000, "x") })));
      await attach(...files);
      await chat.message.fill("Here are two files.");
      await look("attached");
      await chat.sendButton.click();
      await chat.reaches("two files", "confirmed");
      await chat.idle();

      line.mode = "refusing";
      await chat.send("This one is refused.");
      await page.getByText("Not like this.").waitFor();
      await look("refused");
      await page.getByRole("button", { name: "Edit" }).click();
      await page.getByRole("textbox", { name: "Edit message" }).fill("This one is refused,\nuntil it has other words.");
      await look("editing");
      await page.getByRole("button", { name: "Cancel" }).click();

      await line.pull();
      await chat.hasStatus("Reconnecting");
      await attach("photo.png");
      await chat.send("And this waits, with a picture.");
      await chat.reaches("And this waits", "queued");
      await look("waiting");
      await page.getByRole("button", { name: "Change gateway" }).click();
      await page.getByRole("button", { name: "Forget this device" }).click();
      await page.getByText("messages that have not been sent").waitFor();
      await look("forget");

      const old = [1, true, ["key", "Did this one arrive, the last time that I was here?", 1, "undecided", null]];
      await page.evaluate(
        ([gateway, old]) => {
          localStorage.setItem(`clawline.seen:${gateway}|main`, "1");
          localStorage.setItem(`clawline.draft:${gateway}|main`, "the words of this tab");
          localStorage.setItem(`clawline.draft-undo:${gateway}|main`, "other words");
          localStorage.setItem(`clawline.unsent:${gateway}|old`, old);
        },
        [server.gateway, JSON.stringify(old)],
      );
      await page.reload();
      // Not sooner: a page that is back would write what it has seen.
      line.mode = "through";
      await chat.isReady();
      await chat.log.getByText("New messages").waitFor();
      await chat.log.getByText("New messages").scrollIntoViewIfNeeded();
      await look("unread");
      assert.deepEqual(found, []);
    });
  }
}
