// Each example of the npm package: copied alone, built by its own tool, used
// by a person.
import assert from "node:assert/strict";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after } from "node:test";
import { Site, Wire, check, scenario, surroundings, until, violations, wordsOf } from "../e2e/harness/index.mjs";
import { plug } from "../e2e/harness/plug.mjs";
import { told } from "../e2e/harness/surroundings.mjs";
import { POLICY } from "../e2e/harness/tab.mjs";
import { Examples, SOURCE, names, packagesOf, tested } from "./harness/examples.mjs";
import { Person } from "./harness/person.mjs";

/** Frameworks that put what they compiled into pages by `innerHTML` name a policy for it. */
const trusting = (policy) => POLICY.replace("trusted-types 'none'", `trusted-types ${policy}`);

const asItIs = ({ folder }) => folder;

async function built(example) {
  await example.run(["npm", "run", "build"]);
  return join(example.folder, "dist");
}

const PAGES = [
  // Its policy is its own.
  { name: "vanilla", folder: asItIs, always: true },
  { name: "react", folder: built, policy: POLICY },
  { name: "vue", folder: built, policy: trusting("vue") },
  { name: "svelte", folder: built, policy: trusting("svelte-trusted-html") },
  { name: "assistant-ui", folder: built, policy: POLICY },
  // Its zod tries once whether it may make functions of texts.
  { name: "ai-sdk", folder: built, policy: POLICY, complains: [/'TrustedScript' assignment/, /sink Function/] },
];

const WHAT_A_PERSON_DOES = "a person chats, stops the agent, chats on over a broken line and a reload, and decides about what was refused";

let opening;
const opened = () => (opening ??= Examples.open());

after(async () => (await opening)?.close());

/** A test on the embedded gateway. */
function onEmbedded(name, act) {
  // The relay's own page is not what is tested: any folder will do.
  const server = async () => ({ page: (await opened()).clawline });
  scenario(name, { servers: ["embedded"], server }, act);
}

for (const { name, folder, policy, complains = [] } of PAGES.filter(({ always }) => always || surroundings.full)) {
  onEmbedded(`${name}: ${WHAT_A_PERSON_DOES}`, async (stage) => {
    for (const pattern of complains) stage.complaints.expect(pattern);
    const example = await (await opened()).copy(name);
    await isUsed(stage, { folders: { "/": await folder(example) }, policy });
  });
}

if (surroundings.full) {
  onEmbedded(`leptos: ${WHAT_A_PERSON_DOES}`, async (stage) => {
    const page = await readFile(join(SOURCE, "leptos/index.html"), "utf8");
    const files = {
      "/index.html": page.replace('<link data-trunk rel="rust">', '<script type="module" src="/start.js"></script>'),
      "/start.js": 'import start from "/clawline-example-leptos.js";\nstart();\n',
    };
    await isUsed(stage, { files, folders: { "/": told("CLAWLINE_EXAMPLE_LEPTOS") }, policy: POLICY });
  });
}

const ON_A_SERVER = `
import { renderToString } from "react-dom/server";
import { GatewayClient } from "clawline";
import { useChat } from "./src/use-chat.ts";

const client = new GatewayClient({ url: "ws://127.0.0.1:1" });

function Page() {
  const { items, loaded } = useChat(client);
  return <p>{loaded ? items.length : "loading"}</p>;
}

console.log(renderToString(<Page />));
`;

if (surroundings.full) {
  check("react: the hook renders on a server", async () => {
    const example = await (await opened()).copy("react");
    await writeFile(join(example.folder, "server.tsx"), ON_A_SERVER);
    await example.run(["npx", "vite", "build", "--ssr", "server.tsx", "--outDir", "on-a-server"]);
    assert.equal(await example.run(["node", "on-a-server/server.js"]), "<p>loading</p>");
  });
}

check("the README has the hook of the React example, which is shown in StrictMode", async () => {
  const [readme, hook, main] = await Promise.all(["../README.md", "react/src/use-chat.ts", "react/src/main.tsx"].map((name) => readFile(join(SOURCE, name), "utf8")));
  assert.ok(readme.includes(`\`\`\`ts\n${hook}\`\`\``), "pkg/README.md has another hook than pkg/examples/react/src/use-chat.ts");
  assert.match(main, /<StrictMode>/);
});

async function isUsed({ page, context, server }, options) {
  const site = await Site.start(options);
  const person = new Person(page);
  try {
    await chat(person, site, server);
    const line = await plug(context);
    await page.reload();
    await person.isTold(/^ready$/);
    await decides(person, line);
    await allowed(page, 10_000);
    await page.reload();
    await person.isTold(/^ready$/);
    await keeps(person, "too long ".repeat(2_000).trim());
  } finally {
    await page.close();
    await site.stop();
  }
}

/** What the agent says to `[chunks:N:…]`. */
const counted = (count) => Array.from({ length: count }, (_, at) => `w${at + 1}`).join(" ");

async function chat(person, site, server) {
  const { gateway, token } = server;
  await person.page.goto(`${site.url}#${new URLSearchParams({ gateway, token })}`);
  await person.isTold(/^ready$/);
  assert.deepEqual(await violations(person.page), []);

  await person.writes("Hello!");
  await person.reads("the answer", (text) => /You said:\s+> Hello!/.test(text) && text.includes("echo agent"));
  await person.hearsTheEnd();

  await person.writes("[chunks:200:50]");
  await person.reads("an answer that grows", (text) => text.includes("w2"));
  await person.stopButton.click();
  await person.hearsTheEnd();

  await person.writes("[chunks:40:50]");
  await person.reads("an answer that grows", (text) => text.split("[chunks:40:50]")[1]?.includes("w2"));
  await server.line({ mode: "refuse" });
  await server.cut();
  await person.isTold(/^(waiting|connecting)/);
  await server.line({});
  await person.reads("the whole answer", (text) => text.includes(counted(40)));
  await person.hearsTheEnd();

  await server.line({ mode: "refuse" });
  await server.cut();
  await person.isTold(/^(waiting|connecting)/);
  await person.writes("Written without a line.");
  await person.reads("the message that waits", (text) => text.includes("Written without a line."));
  await server.line({});
  await person.reads("its answer", (text) => text.includes("> Written without a line."));
  await person.hearsTheEnd();

  await person.writes("[chunks:60:50]");
  await person.reads("an answer that grows", (text) => text.split("[chunks:60:50]")[1]?.includes("w2"));
  await person.page.reload();
  const text = await person.reads("the whole answer after a reload", (text) => text.includes(counted(60)));
  await person.hearsTheEnd();
  assert.ok(!text.includes("w200"), "the agent was not stopped");
  const times = (words) => text.split(words).length - 1;
  assert.deepEqual(["Hello!", "[chunks:40:50]", "Written without a line.", "[chunks:60:50]"].map(times), [2, 1, 2, 1]);
}

/** Over a line that refuses messages while it is told so. */
async function decides(person, line) {
  const isRefused = async (words) => {
    line.mode = "refusing";
    await person.writes(words);
    await person.reads("why it was refused", (text) => text.includes(words) && text.includes("Not like this."));
    line.mode = "through";
  };
  await person.writes("[error]");
  await person.page.getByText("you asked for it with [error]").first().waitFor();
  await person.hearsTheEnd();

  await isRefused("Refused once.");
  await person.sendAgainButton.click();
  await person.reads("its answer", (text) => text.includes("> Refused once."));
  await person.hearsTheEnd();

  await isRefused("Refused, and not worth it.");
  assert.deepEqual(await violations(person.page), []);
  await person.removeButton.click();
  await person.reads("no trace of it", (text) => !text.includes("not worth it"));

  await person.writes("   ");
  await person.writes("What comes after.");
  await person.reads("its answer", (text) => text.includes("> What comes after."));
  await person.hearsTheEnd();
  assert.equal(await person.message.inputValue(), "");
}

/** From its next connection on, a page is told that a frame may have so many bytes. */
function allowed(page, bytes) {
  return page.routeWebSocket(/./, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => socket.send(message.replace(/"maxPayload":\d+/, `"maxPayload":${bytes}`)));
  });
}

/** They have written what does not fit. */
async function keeps(person, words) {
  await person.writes(words);
  await person.alert.filter({ hasText: "larger than fits" }).waitFor();
  assert.equal(await person.message.inputValue(), words);
  await person.writes("Fits.");
  const text = await person.reads("its answer", (text) => text.includes("> Fits."));
  await person.hearsTheEnd();
  assert.ok(!text.includes("too long"), "what was not sent is shown as if it were");
  assert.equal(await person.alert.innerText(), "");
}

/** What the program of Node prints. */
async function printed({ gateway, token }, words) {
  const example = await (await opened()).copy("node");
  return example.run(["node", "main.mjs", words], { GATEWAY: gateway, TOKEN: token });
}

onEmbedded("node: a program says something, prints the answer, and ends", async ({ server }) => {
  assert.match(await printed(server, "Hello!"), /You said:\s+> Hello!/);
});

onEmbedded("node: a program says why the agent could not answer", async ({ server }) => {
  await assert.rejects(printed(server, "[error]"), /you asked for it with \[error\]/);
});

scenario(
  "node: a program whose words come while a run is under way prints their answer, which another run gives, and ends",
  { servers: surroundings.full ? ["openclaw"] : [], server: async () => ({ page: (await opened()).clawline }) },
  async ({ server }) => {
    const wire = await Wire.open(server);
    const sessionKey = "agent:main:main";
    const first = { sessionKey, message: "first [chunks:100:100]", idempotencyKey: crypto.randomUUID() };
    await wire.request("chat.send", first);
    await until("it is under way", async () => (await wire.request("chat.history", { sessionKey })).inFlightRun);
    const words = `steered ${crypto.randomUUID()}`;
    assert.match(await printed(server, `${words} [echo]`), new RegExp(words));
    const { messages } = await wire.request("chat.history", { sessionKey });
    const [said, answer] = messages.filter((row) => wordsOf(row).includes(words));
    assert.notEqual(said.idempotencyKey, `${answer.__openclaw.runId}:user`, "the words had a run of their own");
    wire.close();
  },
);

onEmbedded("node: a program prints the whole answer over a line that breaks", async ({ server }) => {
  const answer = printed(server, "[chunks:120:50]");
  await until("it is connected", async () => (await server.sockets()).length > 0);
  await server.line({ cutAfterDown: 20_000 });
  await until("the line was cut", async () => (await server.counters()).accepted > 1);
  await server.line({});
  assert.equal(await answer, counted(120));
});

onEmbedded("node: a program that may not connect says why and what to do", async ({ server }) => {
  const { gateway } = server;
  await assert.rejects(printed({ gateway, token: "wrong" }, "Hello!"), /token/);
});

check("the examples ask for exactly the versions that are tested", async () => {
  const versions = await tested();
  for (const name of await names()) {
    for (const [dependency, version] of Object.entries(await packagesOf(name))) {
      assert.equal(version, versions[dependency], `${dependency} in pkg/examples/${name}/package.json`);
    }
  }
});

check("every example is listed, and says how it is run", async () => {
  const index = await readFile(join(SOURCE, "README.md"), "utf8");
  const examples = (await readdir(SOURCE, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  for (const { name } of examples) {
    assert.ok(index.includes(`(${name}/)`), `pkg/examples/README.md does not list ${name}`);
    assert.match(await readFile(join(SOURCE, name, "README.md"), "utf8"), /\bRun `/, `pkg/examples/${name}/README.md`);
  }
});
