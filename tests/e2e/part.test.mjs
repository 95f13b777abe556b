// The WebChat as a part of somebody else's page.
import assert from "node:assert/strict";
import { Site, scenario, surroundings, until, violations } from "./harness/index.mjs";
import { catalogue } from "./harness/catalogue.mjs";

const words = catalogue("en");

/** A page with ids, classes, styles and a fragment of its own, and room for two chats. */
const FILES = {
  "/index.html": `<!doctype html><html lang="fr" dir="ltr" class="theirs"><meta charset="utf-8"><title>A shop</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/shop.css"><script type="module" src="/shop.js"></script>
<body><h1 id="sessions">Tea</h1><p class="page message" id="gateway-address">Green, black and white.</p>
<form><label for="remember">Remember me</label><input id="remember"></form>
<main><div id="one"></div><div id="two" data-theme="dark"></div></main></body></html>`,
  "/shop.css": `main { display: flex; } #one { width: 400px; height: 500px; } #two { width: 600px; height: 500px; }
.message { color: rgb(1, 2, 3); } button { display: none; } p { margin: 30px; }`,
  "/shop.js": `import { mount, unmount } from "/webchat/assets/webchat.js";
Object.assign(globalThis, { mount, unmount });`,
};

/** What the page allows: nothing that a chat would need and nobody told of. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "connect-src 'self' ws://127.0.0.1:*",
  "img-src data:",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

/** One of them, as a person sees it. */
function chatIn(page, id) {
  const place = page.locator(`#${id}`);
  const named = (role, name) => place.getByRole(role, { name: words(name), exact: true });
  return {
    log: named("log", "conversation"),
    message: named("textbox", "message"),
    send: named("button", "send"),
    list: named("button", "sessions-show"),
    sessions: place.getByRole("navigation"),
    says: (text) => place.getByRole("article").filter({ hasText: text }),
    connected: place.getByRole("status").filter({ hasText: words("status-connected") }),
    place,
  };
}

scenario("two chats stand in somebody's page and disturb neither it nor each other", { servers: ["embedded"], firefox: ["embedded"] }, async ({ page, server }) => {
  const site = await Site.start({ files: FILES, folders: { "/webchat/": surroundings.page }, policy: POLICY });
  try {
    await page.goto(`${site.url}#tea`);
    await page.waitForFunction(() => globalThis.mount);
    const surroundingsOf = () =>
      page.evaluate(() => {
        const { lang, dir, className, dataset } = document.documentElement;
        const shop = document.querySelector("p");
        const { color, display } = getComputedStyle(shop);
        return { lang, dir, className, theme: dataset.theme, title: document.title, url: location.href, active: document.activeElement.localName, color, display, body: getComputedStyle(document.body).margin, heads: document.head.children.length };
      });
    const before = await surroundingsOf();
    const { gateway, token } = server;
    await page.evaluate(
      (options) => Promise.all([mount(document.getElementById("one"), options), mount(document.getElementById("two"), { ...options, session: "agent:main:tea" })]),
      { gateway, token },
    );
    const [one, two] = [chatIn(page, "one"), chatIn(page, "two")];
    await one.connected.waitFor();
    await two.connected.waitFor();
    assert.deepEqual(await surroundingsOf(), before, "the page is as it was");

    // Each has its own session, and its own list over it.
    for (const [chat, text] of [[one, "black please"], [two, "white please"]]) {
      await chat.message.fill(text);
      await chat.send.click();
      await chat.says(text).last().waitFor();
    }
    await one.says("black please").nth(1).waitFor();
    await two.says("white please").nth(1).waitFor();
    assert.equal(await one.says("white please").count(), 0);
    assert.equal(await two.says("black please").count(), 0);
    await two.list.click();
    await two.sessions.waitFor();
    assert.equal(await one.sessions.count(), 0);
    const inside = await page.evaluate(() => {
      const place = document.getElementById("two").getBoundingClientRect();
      const list = document.getElementById("two").shadowRoot.querySelector(".sessions").getBoundingClientRect();
      return list.left >= place.left && list.right <= place.right && list.bottom <= place.bottom;
    });
    assert.ok(inside, "the list stays in its element");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Escape");
    await two.sessions.waitFor({ state: "detached" }).catch(() => two.sessions.waitFor({ state: "hidden" }));
    assert.deepEqual({ ...(await surroundingsOf()), active: "body" }, before, "the page is as it was");
    const colours = await page.evaluate(() => ["one", "two"].map((id) => getComputedStyle(document.getElementById(id).shadowRoot.querySelector(".page")).backgroundColor));
    assert.notEqual(colours[0], colours[1], "one is light and one is dark");
    assert.deepEqual(await violations(page), []);

    // A second one in the same element is refused, and what is taken out can come back.
    const again = await page.evaluate((options) => mount(document.getElementById("one"), options).then(() => "", String), { gateway, token });
    assert.match(again, /There is a WebChat in this element/);
    assert.equal(await page.evaluate(() => unmount(document.getElementById("one"))), true);
    await one.log.waitFor({ state: "detached" });
    assert.equal(await page.evaluate(() => unmount(document.getElementById("one"))), false);
    await two.message.fill("green too");
    await two.send.click();
    await two.says("green too").nth(1).waitFor();
    await page.evaluate((options) => mount(document.getElementById("one"), options), { gateway, token });
    await one.says("black please").nth(1).waitFor();
    await page.evaluate(() => Promise.all(["one", "two"].map((id) => unmount(document.getElementById(id)))));
    await until("nothing is connected", async () => (await server.sockets()).length === 0);
  } finally {
    await site.stop();
  }
});
