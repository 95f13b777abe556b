// Each example of the npm package: copied alone, built by its own tool, used
// by a person.
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { after } from "node:test";
import { Site, check, scenario, surroundings, violations } from "../e2e/harness/index.mjs";
import { POLICY } from "../e2e/harness/tab.mjs";
import { Examples, names, packagesOf, tested } from "./harness/examples.mjs";
import { Person } from "./harness/person.mjs";

/** Frameworks that put what they compiled into pages by `innerHTML` name a policy for it. */
const trusting = (policy) => POLICY.replace("trusted-types 'none'", `trusted-types ${policy}`);

const PAGES = [
  { name: "vanilla", always: true },
  { name: "react", build: true, policy: POLICY },
  { name: "vue", build: true, policy: trusting("vue") },
  { name: "svelte", build: true, policy: trusting("svelte-trusted-html") },
  { name: "assistant-ui", build: true, policy: POLICY },
  // Its zod tries once whether it may make functions of texts.
  { name: "ai-sdk", build: true, policy: POLICY, complains: [/requires 'TrustedScript'/, /trusted-types-sink Function/] },
].filter(({ always }) => always || surroundings.full);

let opening;
const opened = () => (opening ??= Examples.open());

after(async () => (await opening)?.close());

/** A test on the embedded gateway with a copy of an example; `act(example, stage)`. */
function withExample(name, title, act) {
  // The relay's own page is not what is tested: any folder will do.
  const server = async () => ({ page: (await opened()).clawline });
  scenario(`${name}: ${title}`, { servers: ["embedded"], server }, async (stage) => {
    const example = await (await opened()).copy(name);
    try {
      await act(example, stage);
    } finally {
      await example.remove();
    }
  });
}

for (const { name, build, policy, complains = [] } of PAGES) {
  withExample(name, "a person chats, stops the agent, and chats on over a line that breaks", async (example, { page, server, complaints }) => {
    for (const pattern of complains) complaints.expect(pattern);
    if (build) await example.run(["npm", "run", "build"]);
    const site = await Site.start({ folders: { "/": build ? join(example.folder, "dist") : example.folder }, policy });
    try {
      await chat(new Person(page), site, server);
    } finally {
      await page.close();
      await site.stop();
    }
  });
}

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
  assert.ok(!(await person.log.innerText()).includes("w200"), "the agent was not stopped");

  await person.writes("[chunks:40:50]");
  await person.reads("an answer that grows", (text) => text.split("[chunks:40:50]")[1]?.includes("w2"));
  await server.line({ mode: "refuse" });
  await server.cut();
  await person.isTold(/^(waiting|connecting)/);
  await server.line({});
  const whole = Array.from({ length: 40 }, (_, at) => `w${at + 1}`).join(" ");
  await person.reads("the whole answer", (text) => text.includes(whole));
  await person.hearsTheEnd();

  await server.line({ mode: "refuse" });
  await server.cut();
  await person.isTold(/^(waiting|connecting)/);
  await person.writes("Written without a line.");
  await person.reads("the message that waits", (text) => text.includes("Written without a line."));
  await server.line({});
  await person.reads("its answer", (text) => text.includes("> Written without a line."));
  await person.hearsTheEnd();

  await person.page.reload();
  const times = (text, words) => text.split(words).length - 1;
  const again = await person.reads("what was said before", (text) => text.includes("> Written without a line."));
  assert.deepEqual([times(again, "Hello!"), times(again, whole), times(again, "Written without a line.")], [2, 1, 2]);
}

const ask = (example, { gateway, token }, words) => example.run(["node", "main.mjs", words], { GATEWAY: gateway, TOKEN: token });

withExample("node", "a program says something, prints the answer, and ends", async (example, { server }) => {
  assert.match(await ask(example, server, "Hello!"), /You said:\s+> Hello!/);
});

withExample("node", "a program prints an answer over a line that breaks", async (example, { server }) => {
  const printed = ask(example, server, "[chunks:40:50]");
  await server.line({ cutAfterDown: 40_000 });
  assert.equal(await printed, `${Array.from({ length: 40 }, (_, at) => `w${at + 1}`).join(" ")}\n`);
});

withExample("node", "a program that may not connect says why and what to do", async (example, { server }) => {
  await assert.rejects(ask(example, { ...server, gateway: server.gateway, token: "wrong" }, "Hello!"), /token/);
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
  const folder = new URL("../../pkg/examples/", import.meta.url);
  const index = await readFile(new URL("README.md", folder), "utf8");
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    assert.ok(index.includes(`(${entry.name}/)`), `pkg/examples/README.md does not list ${entry.name}`);
    assert.match(await readFile(new URL(`${entry.name}/README.md`, folder), "utf8"), /^# .+\n\n.*`/s);
  }
});
