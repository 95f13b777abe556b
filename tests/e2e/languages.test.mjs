// The page in its languages, beside how its screens look (look.test.mjs): which
// one it speaks, and whose words keep their own direction.
import assert from "node:assert/strict";
import { scenario, until } from "./harness/index.mjs";
import { catalogue } from "./harness/catalogue.mjs";
import { FULL_DAY } from "./harness/full-day.mjs";
import { plug } from "./harness/plug.mjs";

const PHONE = { width: 390, height: 844 };
const speaks = { servers: ["embedded"], firefox: ["embedded"], context: { viewport: PHONE, locale: "en-GB" } };
scenario("another language is chosen on the open page, and stays", speaks, async ({ chat, page }) => {
  await chat.connect();
  await chat.send("Show me what you can do [markdown]");
  await chat.reaches("Show me", "confirmed");
  await chat.idle();
  await chat.message.fill("the words that wait");
  const choice = page.getByRole("combobox");
  assert.deepEqual(await choice.locator("option").allInnerTexts(), ["العربية", "Deutsch", "English", "简体中文"]);
  for (const [tag, direction] of [["ar", "rtl"], ["de", "ltr"]]) {
    const words = catalogue(tag);
    await choice.selectOption(tag);
    await chat.hasStatus(words("status-connected"));
    await page.getByRole("textbox", { name: words("message"), exact: true }).waitFor();
    await page.getByRole("button", { name: words("copy-code"), exact: true }).first().waitFor({ state: "attached" });
    assert.equal(await page.evaluate(() => document.documentElement.dir), direction);
    assert.equal(await page.getByRole("textbox", { name: words("message"), exact: true }).inputValue(), "the words that wait");
  }
  await page.reload();
  await chat.hasStatus(catalogue("de")("status-connected"));
  assert.equal(await choice.inputValue(), "de");
});

scenario("another language that is chosen in one tab is spoken in all", speaks, async ({ chat, newTab }) => {
  const other = await newTab();
  await Promise.all([chat.connect(), other.connect()]);
  await other.page.getByRole("combobox").selectOption("ar");
  await chat.hasStatus(catalogue("ar")("status-connected"));
  assert.equal(await chat.page.evaluate(() => document.documentElement.dir), "rtl");
});

const arabic = { servers: ["embedded"], language: "ar", context: { viewport: PHONE, locale: "ar" } };
scenario("whoever reads Arabic is spoken to in Arabic, and an agent's words keep their own direction", arabic, async ({ chat, page, context }) => {
  const line = await plug(context);
  line.history = { messages: FULL_DAY };
  await chat.connect();
  assert.deepEqual(await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]), ["ar", "rtl"]);
  await page.getByText("I look at it.").waitFor();
  const directions = await page.evaluate(() => {
    const of = (start) => {
      const walker = document.createTreeWalker(document.querySelector(".lines"), NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        if (walker.currentNode.data.startsWith(start)) return getComputedStyle(walker.currentNode.parentElement).direction;
      }
    };
    return ["I look at it", "What I found", "The log may be long", "12:00 started", "الساعة الآن", "I begin"].map((start) => [start, of(start)]);
  });
  assert.deepEqual(Object.fromEntries(directions), {
    "I look at it": "ltr", "What I found": "ltr", "The log may be long": "ltr", "12:00 started": "ltr", "الساعة الآن": "rtl", "I begin": "ltr",
  });
});

const alone = { servers: ["embedded"], language: "en", context: { locale: "zh-CN" } };
scenario("without its catalogue the page speaks English", alone, async ({ chat, page, complaints }) => {
  complaints.expect(/ERR_FAILED|Failed to (fetch|load)|TypeError/);
  await page.route(/\.ftl$/, (route) => route.abort());
  await chat.connect();
  await until("the page is English", () => page.evaluate(() => document.documentElement.lang === "en"));
});
