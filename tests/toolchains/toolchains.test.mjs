// The npm package as npm packs it, in the toolchains that people have.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { browser, closeBrowsers } from "../e2e/harness/browsers.mjs";
import { Complaints } from "../e2e/harness/complaints.mjs";
import { Server } from "../e2e/harness/server.mjs";
import { surroundings } from "../e2e/harness/surroundings.mjs";
import { World } from "../e2e/harness/world.mjs";
import { Projects, filesOf } from "./harness/project.mjs";
import { PAGES, PROGRAMS, served, titleOf } from "./harness/toolchains.mjs";

/** For one toolchain, should it hang. */
const limit = { timeout: 240_000 };

const FILES = [
  "LICENSE-APACHE",
  "LICENSE-MIT",
  "README.md",
  "dist/clawline.js",
  "dist/clawline.js.map",
  "dist/clawline_bg.wasm",
  "index.d.ts",
  "index.js",
  ...["advice", "chat", "checks", "client", "error", "frames", "invocations", "listeners", "live", "log", "media", "names"].map((name) => `lib/${name}.js`),
  ...["requests", "scopes", "sends", "sessions", "standing", "stream", "text", "wasm"].map((name) => `lib/${name}.js`),
  "package.json",
  "protocol.d.ts",
  "shapes.d.ts",
];

const world = new World();
let projects;
let embedded;

before(async () => {
  projects = await Projects.open();
  // The relay's own page is not what is tested: any folder will do.
  embedded = await Server.start(world, "embedded", { page: projects.installed });
});

after(async () => {
  await closeBrowsers();
  await world.close();
  await projects?.close();
});

test("the tarball has what the package needs, and nothing else", async () => {
  assert.deepEqual(await filesOf(projects.installed), FILES);
});

test("every link of the README works on the page of a registry, and what the manifest names is told", async () => {
  const read = async (name) => readFile(join(projects.installed, name), "utf8");
  const links = [...(await read("README.md")).matchAll(/\]\(([^)]*)\)/g)].map(([, link]) => link);
  assert.deepEqual(links.filter((link) => !link.startsWith("https://")), []);
  const manifest = JSON.parse(await read("package.json"));
  const told = ["description", "keywords", "homepage", "bugs", "repository", "author", "license", "engines"];
  assert.deepEqual(told.filter((name) => !manifest[name]), []);
});

test("a debugger finds the source of the glue", async () => {
  const glue = await readFile(join(projects.installed, "dist/clawline.js"), "utf8");
  const [, name] = /\/\/# sourceMappingURL=(\S+)\s*$/.exec(glue);
  const { sources, sourcesContent } = JSON.parse(await readFile(join(projects.installed, "dist", name), "utf8"));
  assert.ok(sources.some((source) => source.endsWith("frames.js")), `${sources}`);
  assert.ok(sourcesContent.every((text) => text.length > 0));
});

test("docs/toolchains.md has a row for each toolchain, with the version that is tested", async () => {
  const docs = await readFile(new URL("../../docs/toolchains.md", import.meta.url), "utf8");
  const [, ...rows] = docs.match(/^\| [^|]+ \|/gm);
  assert.deepEqual(rows, [...PAGES, ...PROGRAMS].map((toolchain) => `| ${titleOf(toolchain)} |`));
});

for (const toolchain of PAGES.filter(({ always }) => always || surroundings.full)) {
  test(`${titleOf(toolchain)}: a page connects, sends a message and shows the answer`, limit, async () => {
    const site = await toolchain.start(await projects.project(toolchain.folder, toolchain.alone));
    const words = `Hello from ${toolchain.name}!`;
    const options = { gateway: embedded.gateway, token: embedded.token, words };
    try {
      assert.ok((await shown(`${site.url}#${new URLSearchParams(options)}`)).includes(words));
      await toolchain.alsoOnServer?.(site, options);
    } finally {
      await site.stop();
    }
  });
}

/** What a page with a strict policy shows as the answer; it may complain about nothing. */
async function shown(url) {
  const context = await (await browser("chromium")).newContext();
  const complaints = await Complaints.of(context);
  try {
    const page = await context.newPage();
    const response = await page.goto(url);
    assert.match(response.headers()["content-security-policy"], /'wasm-unsafe-eval'.*trusted-types 'none'/);
    return await page.locator("output", { hasText: "You said:" }).textContent();
  } finally {
    // Also when nothing was shown: a complaint says why.
    complaints.check();
    await context.close();
  }
}

/** What the page of a site says of itself when it could not connect. */
async function advised(url) {
  const context = await (await browser("chromium")).newContext();
  try {
    const page = await context.newPage();
    await page.addInitScript(() => addEventListener("unhandledrejection", ({ reason }) => (globalThis.told = reason.advice)));
    await page.goto(url);
    return await (await page.waitForFunction(() => globalThis.told, undefined, { timeout: 60_000 })).jsonValue();
  } finally {
    await context.close();
  }
}

if (surroundings.full) {
  test("Vite's development server in a workspace: the page says what to configure, and works then", limit, async () => {
    const project = await projects.workspace("vite");
    const options = new URLSearchParams({ gateway: embedded.gateway, token: embedded.token, words: "Hello from a workspace!" });
    const before = await served("vite-7", project);
    const advice = await advised(`${before.url}#${options}`).finally(before.stop);
    const [, configured] = /`(.*)` into your vite.config.js/.exec(advice);
    const config = await readFile(project.path("vite.config.js"), "utf8");
    await writeFile(project.path("vite.config.js"), config.replace("{ server:", `{ ${configured}, server:`));
    const after = await served("vite-7", project);
    assert.match(await shown(`${after.url}#${options}`).finally(after.stop), /Hello from a workspace!/);
  });
}

const SERVERS = surroundings.full ? ["embedded", "openclaw"] : [];

for (const { folder, command, ...toolchain } of PROGRAMS) {
  for (const kind of SERVERS) {
    test(`${titleOf(toolchain)}: a program connects to the ${kind} gateway, sends a message, hears the answer and ends`, limit, async () => {
      const project = await projects.project(folder);
      const server = kind === "embedded" ? embedded : await Server.start(world, kind, { page: projects.installed });
      const words = `Hello from ${toolchain.name}!`;
      assert.ok((await project.run(...command, server.gateway, server.token, words)).includes(words));
    });
  }
}

if (surroundings.full) {
  test("a stranger installs the package into an empty folder, runs the README's first lines, and gets a reply", limit, async () => {
    const readme = await readFile(join(projects.installed, "README.md"), "utf8");
    const [, lines] = readme.match(/```js\n(.*?)```/s);
    const server = await Server.start(world, "openclaw", { page: projects.installed });
    const program = lines.replace("ws://127.0.0.1:18789", server.gateway).replace("…", server.token);
    const project = await projects.empty("stranger", { "main.mjs": program });
    const said = await project.run("node", "main.mjs");
    assert.match(said, /^user: Hello!$/m);
    assert.match(said, /^assistant: .+/m);
  });

  const LINES = `
import { GatewayClient } from "clawline";
const [url, token] = process.argv.slice(2);
const client = new GatewayClient({ url, auth: { token } });
client.connect();
`;

  const ENDS = {
    "waits in ready()": ["await client.ready();", /AUTH_TOKEN_MISMATCH|token/],
    "waits for its message": ['await client.send("Hello!").confirmed;', /clawline: .*token/],
  };

  for (const [what, [line, said]] of Object.entries(ENDS)) {
    test(`a program with a wrong token that ${what} says why it ends`, limit, async () => {
      const project = await projects.empty(`wrong token, ${what}`, { "main.mjs": LINES + line });
      await assert.rejects(project.run("node", "main.mjs", embedded.gateway, "wrong"), said);
    });
  }

  test("the README's first lines build with the default targets of every Vite", limit, async () => {
    const readme = await readFile(join(projects.installed, "README.md"), "utf8");
    const [, lines] = readme.match(/```js\n(.*?)```/s);
    for (const tool of ["vite-5", "vite-6", "vite-7", "vite"]) {
      const project = await projects.project("vite", `${tool}-readme`);
      await writeFile(project.path("main.js"), lines);
      await project.run(`${tool}/bin/vite.js`, "build");
    }
  });

  test("publint finds nothing wrong with the tarball", limit, async () => {
    assert.match(await projects.run("publint", "run", projects.tarball, "--strict"), /All good!/);
  });

  test("arethetypeswrong finds nothing wrong with the tarball", limit, async () => {
    // Of what type an imported .wasm is depends on the bundler's loader.
    await projects.run("attw", projects.tarball, "--profile", "esm-only", "--exclude-entrypoints", "./clawline_bg.wasm");
  });
}
