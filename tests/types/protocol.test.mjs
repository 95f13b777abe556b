// The types of the npm package: made anew, held against recorded traffic, and compiled as an app would.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, readdir } from "node:fs/promises";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { coverage, generate, stale } from "../protocol/codegen.mjs";
import { recordedNames, writeRecorded } from "../protocol/recorded.mjs";

const HERE = new URL("./", import.meta.url);
const ROOT = new URL("../../", HERE);
// The newest, the newest of 5, and the oldest that the README names.
const COMPILERS = ["typescript", "typescript-5", "typescript-floor"];
// Recorded traffic is the same for all of them.
const PROJECTS = { "typescript-floor": "tsconfig.apps.json" };

let made;

before(async () => {
  made = await generate();
  await writeRecorded(made.linked);
  console.log(coverage(made.linked));
});

/** Methods and events that have no type, of those with these names. */
function untyped({ methods, events }) {
  const wanted = { methods: new Set(methods), events: new Set(events) };
  const lacking = [
    ...made.linked.methods.filter(({ name, params, result }) => wanted.methods.has(name) && !(params && result)),
    ...made.linked.events.filter(({ name, payload }) => wanted.events.has(name) && !payload),
  ];
  return lacking.map(({ name }) => name);
}

/** The text of all files in folders of the clone. */
async function sources(folders) {
  const texts = [];
  for (const folder of folders) {
    const place = new URL(folder, ROOT);
    const names = folder.endsWith("/") ? await readdir(place, { recursive: true }) : [""];
    for (const name of names) if (/\.(rs|js|mjs|md)$/.test(folder + name)) texts.push(await readFile(new URL(name, place), "utf8"));
  }
  return texts.join("\n");
}

test("what is checked in is what the schema and the links come to", async () => {
  const old = await stale(made.files);
  assert.deepEqual(old, [], `run \`cargo xtask codegen\` and look at what changes in ${old}`);
});

test("every method and event that the page, the README and the tests use has types", () => {
  assert.deepEqual(untyped(made.links.used), [], "link them in tests/protocol/links.json");
});

test("no method is used without being listed as used", async () => {
  const text = await sources(["README.md", "pkg/README.md", "pkg/index.js", "src/", "www/src/", "tests/e2e/"]);
  const known = new Set(made.linked.methods.map(({ name }) => name));
  const { methods, events } = made.links.used;
  // A word alone in quotes can mean anything, a name with a dot cannot.
  const asked = [...text.matchAll(/\brequest\(\s*["'`]([\w.-]+)["'`]|["'`]([\w-]+\.[\w.-]+)["'`]/g)].map(([, one, other]) => one ?? other);
  const unlisted = [...new Set(asked)].filter((name) => known.has(name) && ![...methods, ...events].includes(name));
  assert.deepEqual(unlisted, [], "list them in tests/protocol/links.json");
});

test("everything that was ever recorded has types", async () => {
  assert.deepEqual(untyped(await recordedNames()), [], "link them in tests/protocol/links.json");
});

test("the README says how many answers have types", async () => {
  const readme = await readFile(new URL("pkg/README.md", ROOT), "utf8");
  const { methods } = made.linked;
  const known = methods.filter(({ result }) => result).length;
  assert.match(readme.replaceAll(/\s+/g, " "), new RegExp(`of ${known} of its ${methods.length} methods`));
});

test("the oldest compiler that is tried is the one that the README names", async () => {
  const { devDependencies } = JSON.parse(await readFile(new URL("tests/package.json", ROOT), "utf8"));
  const [, floor] = /TypeScript\*\* must be (\d+\.\d+) or newer/.exec(await readFile(new URL("pkg/README.md", ROOT), "utf8"));
  assert.ok(devDependencies["typescript-floor"].startsWith(`npm:typescript@${floor}.`), floor);
});

for (const compiler of COMPILERS) {
  const what = compiler in PROJECTS ? "the examples of apps" : "recorded traffic and the examples of apps";
  test(`${what} compile with ${compiler}`, async () => {
    const tsc = fileURLToPath(new URL(`../node_modules/${compiler}/bin/tsc`, HERE));
    const { stdout } = await promisify(execFile)(process.execPath, [tsc, "-p", fileURLToPath(new URL(PROJECTS[compiler] ?? "./", HERE))], { maxBuffer: 2 ** 26 }).catch((failed) => failed);
    // One wrong type breaks hundreds of lines.
    const errors = stdout.split("\n").filter((line) => line.includes("error TS"));
    assert.equal(errors.length, 0, `${errors.length} errors, the first:\n${errors.slice(0, 5).join("\n")}`);
  });
}
