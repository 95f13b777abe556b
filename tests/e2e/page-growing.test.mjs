// What a reader holds on to while a page changes: selected words, a place in
// long code, what they have opened, and what has been translated.
import assert from "node:assert/strict";
import { scenario } from "./harness/index.mjs";
import { until } from "./harness/until.mjs";

const IN_BOTH = { servers: ["embedded"], firefox: ["embedded"] };

/** Gives the words `w1 w2 …` of replies that stream another form on their way to the page. */
async function shape(context, form) {
  await context.routeWebSocket(/./, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => server.send(message));
    server.onMessage((message) => {
      const frame = JSON.parse(message);
      const { state, message: said } = frame.event === "chat" ? frame.payload : {};
      if (state === "delta" && said) {
        const text = typeof said.content === "string" ? said.content : said.content.map((part) => part.text ?? "").join("");
        said.content = form(text);
      }
      socket.send(JSON.stringify(frame));
    });
  });
}

const text = (text) => [{ type: "text", text }];
const lines = (words) => words.split(" ").join("\n");

/** Waits until the element of a reply has so many words. The reply itself goes on for longer than any of this takes. */
async function grows(element, words) {
  await until(`${words} words`, async () => (await element.textContent()).match(/w\d+/g)?.length >= words);
}

const FORMS = {
  "a paragraph": { form: (words) => text(`First.\n\n${words}`), of: "p:last-of-type" },
  "bold words": { form: (words) => text(`See **${words}`), of: "strong" },
  "an item of a list": { form: (words) => text(`- one\n- ${words}`), of: "li:last-child" },
  "a quotation": { form: (words) => text(`> ${words}`), of: "blockquote p" },
  "a heading": { form: (words) => text(`# ${words}`), of: ".h1" },
  "code": { form: (words) => text(`\`\`\`js\n${lines(words)}`), of: ".code pre" },
  "code in a quotation": { form: (words) => text(`> \`\`\`\n> ${words.split(" ").join("\n> ")}`), of: "blockquote pre" },
  "a table": { form: (words) => text(`|a|\n|-|\n|w0|\n|${lines(words).replaceAll("\n", "|\n|")}`), of: ".table" },
};

for (const [what, { form, of }] of Object.entries(FORMS)) {
  scenario(`words that are selected in ${what} stay selected while it grows`, IN_BOTH, async ({ chat, page, context }) => {
    await shape(context, form);
    await chat.connect();
    await chat.send("[chunks:400:40]");
    const growing = chat.log.locator("article[aria-busy] .body").locator(of);
    await grows(growing, 7);
    // From the second word to the fifth, wherever they stand.
    const selected = await growing.evaluate((element) => {
      const words = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      const place = (word) => {
        words.currentNode = element;
        while (words.nextNode()) {
          const at = words.currentNode.data.search(new RegExp(`\\b${word}\\b`));
          if (at >= 0) {
            return [words.currentNode, at];
          }
        }
        throw new Error(`no ${word} in ${element.textContent}`);
      };
      globalThis.grown = element;
      getSelection().setBaseAndExtent(...place("w2"), ...place("w5"));
      return getSelection().toString();
    });
    await grows(growing, 25);
    const after = await growing.evaluate((element) => ({ same: element === globalThis.grown, words: getSelection().toString() }));
    assert.deepEqual(after, { same: true, words: selected });
    assert.match(selected, /w2[^]*w4/);
  });
}

scenario("a fold that was opened stays open while the thoughts in it grow", IN_BOTH, async ({ chat, context }) => {
  await shape(context, (words) => [{ type: "thinking", thinking: words }, ...text("So.")]);
  await chat.connect();
  await chat.send("[chunks:400:40]");
  const fold = chat.log.locator("article[aria-busy] details");
  await fold.locator("summary").click();
  await grows(fold, 25);
  assert.equal(await fold.evaluate((fold) => fold.open), true);
});

scenario("long code keeps its place, sideways as well, while it grows", IN_BOTH, async ({ chat, context }) => {
  await shape(context, (words) => text(`\`\`\`\n${"wide ".repeat(200)}\n${lines(words)}`));
  await chat.connect();
  await chat.send("[chunks:400:40]");
  const code = chat.log.locator("article[aria-busy] .code pre");
  await grows(code, 3);
  await code.evaluate((code) => code.scrollTo({ left: 300 }));
  await grows(code, 20);
  assert.equal(await code.evaluate((code) => code.scrollLeft), 300);
});

scenario("every kind of piece of a message is drawn under the page's own policy", IN_BOTH, async ({ chat, context }) => {
  const pieces = (words) => [
    { type: "thinking", thinking: "hm" },
    { type: "toolCall", id: "1", name: "ls", arguments: { path: "." } },
    { type: "image" },
    ...text(`# H\n\n## I\n\n### J\n\n#### K\n\n1. a\n2. b\n\n7) c\n\n- [x] d\n- [ ] e\n\n> f\n\n---\n\n|g|\n|:-:|\n|h<br>i|\n\n\`\`\`js\nj\n\`\`\`\n\n![](https://k.example/l.png) **m** _n_ ~~o~~ \`p\` https://q.example ${words}`),
  ];
  await shape(context, pieces);
  await chat.connect();
  await chat.send("[chunks:400:40]");
  const body = chat.log.locator("article[aria-busy] .body");
  await grows(body, 20);
  for (const kind of ["details", ".tool code", ".tool .file-name", "h2", "h3", "h4", "h5", "ol[start='7']", ".task", "blockquote", "hr", "td.center br", ".code button", "strong", "em", "s", "a[href='https://q.example']"]) {
    await body.locator(kind).first().waitFor({ state: "attached" });
  }
});

/** What translators of browsers do: elements of their own with other words, in the place of text. */
const translate = () => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (texts.nextNode()) {
    const { currentNode: text } = texts;
    if (text.data.trim() && !text.parentElement.closest("[translate=no], script, textarea")) {
      found.push(text);
    }
  }
  for (const text of found) {
    const font = document.createElement("font");
    font.textContent = text.data.toUpperCase();
    text.replaceWith(font);
  }
};

scenario("what changes is seen to change in a page that was translated", IN_BOTH, async ({ chat, page, server }) => {
  await chat.connect();
  await chat.send("[chunks:5:1]");
  await chat.answer("w5");
  await chat.idle();
  await page.evaluate(translate);
  await chat.answer("W5");
  await server.line({ mode: "refuse" });
  await server.cut();
  await chat.hasStatus("Reconnecting");
  await chat.send("written meanwhile");
  await chat.own("written meanwhile").getByText("Waiting to be sent").waitFor();
  await page.evaluate(translate);
  await server.line({});
  await chat.hasStatus("Connected");
  // Not the answer, which quotes it.
  const own = chat.own("WRITTEN MEANWHILE").first();
  await own.waitFor();
  await until("it waits no more", async () => !/waiting to be sent/i.test(await own.innerText()));
});

scenario("what was said today has its date as soon as it is tomorrow", { servers: ["embedded"] }, async ({ chat, page }) => {
  await page.clock.install();
  await chat.connect();
  await chat.send("[chunks:5:1]");
  await chat.answer("w5");
  await chat.idle();
  const times = () => page.locator("time").allInnerTexts();
  const each = (form) => until(`each is like ${form}`, async () => {
    const said = await times();
    return said.length > 1 && said.every((time) => form.test(time));
  });
  await each(/^\D*\d\d:\d\d\D*$/);
  await page.clock.fastForward("24:00:00");
  await each(/\d.*\D\d\d:\d\d/);
});
