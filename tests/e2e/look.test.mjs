// How the page looks: each screen of the list (screens.mjs) in both sizes and
// themes and in every language, under the headers that the relay sends. Nothing
// runs into the policy or complains, axe finds nothing, nothing is wider than
// the window, no English is left where nobody reads it. The pictures are for
// people: `screens/` and `languages/` beside the results.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { scenario, surroundings, until, violations } from "./harness/index.mjs";
import { plug } from "./harness/plug.mjs";
import { ERRANDS, READING, WAY_IN, WHATSAPP } from "./screens.mjs";

const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
const THEMES = ["light", "dark"];
/** Those in which somebody other than the tests' own language reads. */
const LANGUAGES = [
  { language: "ar", direction: "rtl", isForeign: true },
  { language: "zh-CN", direction: "ltr", isForeign: true },
  { language: "de", direction: "ltr", isForeign: false },
];

/** Words that no language has its own for, and those that the walks have written. */
const NAMES =
  /\b(clawline|ws|wss|https?|localhost|gateway\.auth\.(token|password)|Enter|Shift|JavaScript|WebAssembly|Ed25519|KB|AUTH_\w+|English|Deutsch|operator\.admin|WhatsApp|Node(\.js)?|npm|QR|OpenClaw|channel\.whatsapp_baileys|photo\.png|Not like this|agent failed|Say|Hello)\b/g;

/** What stands on the screen, or is read out, but for what an agent, a person or a gateway says. */
function onScreen(page) {
  return page.evaluate(() => {
    const others = "[aria-live], .session-said, .session-title, .present, .body, .facts, .command, .reason, .chip, option, textarea, .status-detail, [hidden]";
    const said = [];
    for (const element of document.body.querySelectorAll("*")) {
      if (element.closest(others) || !element.checkVisibility()) {
        continue;
      }
      const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data);
      const named = ["aria-label", "title", "placeholder"].map((name) => element.getAttribute(name) ?? "");
      said.push(...own, ...named);
    }
    return said.map((text) => text.trim()).filter(Boolean);
  });
}

/** What of a page is wider than the window, or cut by its edge. */
function tooWide(page) {
  return page.evaluate(() => {
    const isCut = (element) => {
      const { left, right, width } = element.getBoundingClientRect();
      return width > 1 && element.checkVisibility() && !element.closest("[inert], .code, .table") && (left < -1 || right > innerWidth + 1);
    };
    const cut = [...document.querySelectorAll("button, input, textarea, article, p, h1, nav")].filter(isCut);
    // What gets no room at all has its letters one below the other.
    const squeezed = [...document.querySelectorAll(".status, .tool-name, button")].filter((element) => element.checkVisibility() && element.clientHeight > 100 && element.clientWidth < 60);
    // By a line: an edge is no matter.
    const isClipped = (field) => field.checkVisibility() && field.clientHeight < 100 && field.scrollHeight > field.clientHeight + 10;
    cut.push(...squeezed, ...[...document.querySelectorAll("textarea")].filter(isClipped));
    return [document.documentElement.scrollWidth > innerWidth && "the page is wider than the window", ...cut.map((element) => element.outerHTML.slice(0, 200))].filter(Boolean);
  });
}

/** Another language, on the open page: also where something lies over the choice. */
async function speak(page, language) {
  await page.getByRole("combobox", { includeHidden: true }).evaluate((choice, language) => {
    choice.value = language;
    choice.dispatchEvent(new Event("change"));
  }, language);
  await until(`the page speaks ${language}`, () => page.evaluate((language) => document.documentElement.lang === language, language));
}

/** Until the page has drawn what follows from another size. */
function settled(page) {
  return page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(resolve)))));
}

async function photograph(page, folder, name) {
  const to = join(surroundings.results, folder);
  await mkdir(to, { recursive: true });
  await page.screenshot({ path: join(to, `${name}.png`) });
}

/** Looks at what a page shows, and answers what is wrong with it. */
async function look(page, { name, sizes = Object.keys(SIZES) }, isThorough) {
  const found = [];
  if (!isThorough && !surroundings.full) {
    sizes = ["phone"];
  }
  const says = (where, lines) => found.push(...lines.map((line) => `${name}, ${where}: ${line}`));
  for (const size of sizes) {
    await page.setViewportSize(SIZES[size]);
    await settled(page);
    for (const theme of isThorough ? THEMES : THEMES.slice(0, 1)) {
      const where = `${size} ${theme}`;
      if (isThorough) {
        await page.emulateMedia({ colorScheme: theme });
        await photograph(page, "screens", `${name}-${size}-${theme}`);
      }
      says(where, await tooWide(page));
      // Colours and sizes have their faults apart from each other.
      if (surroundings.full || !isThorough || (size === "phone") === (theme === "dark")) {
        says(where, await violations(page));
      }
    }
  }
  await page.setViewportSize(SIZES.phone);
  for (const { language, direction, isForeign } of isThorough && sizes.includes("phone") ? LANGUAGES : []) {
    await speak(page, language);
    await settled(page);
    await photograph(page, "languages", `${name}-${language}`);
    says(language, await tooWide(page));
    assert.equal(await page.evaluate(() => document.documentElement.dir), direction);
    if (isForeign) {
      const english = (text) => /[a-z]{2,}/i.test(text.replaceAll(/\S+:\/\/\S*/g, "").replaceAll(NAMES, ""));
      says(language, (await onScreen(page)).filter(english).map((text) => `in English: ${text}`));
    }
    if (direction === "rtl" || surroundings.full) {
      says(language, await violations(page));
    }
  }
  if (isThorough) {
    await speak(page, "en");
  }
  return found;
}

const WALKS = {
  "the way in": { screens: WAY_IN, server: { relay: ["--pair", "always"] }, strangers: ["mute", "wants a password"] },
  errands: { screens: ERRANDS },
  reading: { screens: READING },
  // Nothing in it is drawn otherwise than elsewhere; Firefox links a phone in whatsapp.test.mjs.
  whatsapp: { screens: WHATSAPP, firefox: [] },
};

for (const [walk, { screens, ...needs }] of Object.entries(WALKS)) {
  const options = { servers: ["embedded"], firefox: ["embedded"], context: { reducedMotion: "reduce", hasTouch: true, locale: "en-GB" }, ...needs };
  scenario(`every screen is sound, in every size, theme and language: ${walk}`, options, async (stage) => {
    const { page, context, chat } = stage;
    const isThorough = context.browser().browserType().name() === "chromium";
    stage.line = await plug(context);
    stage.list = page.getByRole("navigation");
    stage.press = (id) => page.getByRole("button", { name: chat.words(id), exact: true }).click();
    stage.attach = (...files) =>
      page.locator("input[type=file]").setInputFiles(files.map(([name, size]) => ({ name, mimeType: "text/plain", buffer: Buffer.alloc(size, "x") })));
    const found = [];
    for (const screen of screens) {
      await page.setViewportSize(SIZES[screen.sizes?.[0] ?? "desktop"]);
      await screen.show(stage).catch((error) => {
        throw new Error(`${screen.name}: ${error.message}`, { cause: error });
      });
      found.push(...(await look(page, screen, isThorough)));
    }
    assert.deepEqual(found, []);
  });
}
