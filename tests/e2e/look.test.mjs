// How the page looks, in both sizes and themes: screenshots to be looked at,
// and what axe finds on each screen.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { scenario, surroundings, violations } from "./harness/index.mjs";

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
    scenario(`every screen is sound for axe and is photographed · ${size} · ${theme}`, options, async ({ chat, page, server }) => {
      await mkdir(SCREENS, { recursive: true });
      const found = [];
      const look = async (screen) => {
        await page.screenshot({ path: join(SCREENS, `${screen}-${size}-${theme}.png`) });
        found.push(...(await violations(page)).map((line) => `${screen}: ${line}`));
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `${screen} is ${wide} px wider than the window`);
      };

      await chat.open({ token: null });
      await chat.hasStatus("Signed out");
      await look("connect");

      await chat.token.fill(server.token);
      await chat.connectButton.click();
      await chat.hasStatus("Waiting for approval");
      await look("pairing");

      await server.approve(await chat.requestId());
      await page.getByRole("button", { name: "Retry now" }).click();
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
  }
}
