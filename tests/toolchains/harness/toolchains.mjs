// How each toolchain makes the files of a project into a page on a server, or
// runs them as a program.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { POLICY } from "../../e2e/harness/tab.mjs";
import { Site } from "../../e2e/harness/site.mjs";

const { dependencies, devDependencies } = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"));
const VERSIONS = { ...dependencies, ...devDependencies };

/** Its name, with the version of its tool as it is pinned. */
export function titleOf({ name, tool, mode }) {
  const title = tool ? `${name} ${VERSIONS[tool].split("@").at(-1)}` : name;
  return mode ? `${title}, ${mode}` : title;
}

/** Built into `dist/` by a command, and served with the page of the project, or the one that was built. */
function built(tool, words, { page = "index.html" } = {}) {
  return async (project) => {
    await project.run(tool, ...words);
    const wasm = (await project.files("dist")).filter((name) => name.endsWith(".wasm"));
    if (wasm.length !== 1) {
      throw new Error(`${tool} wrote ${wasm.length} wasm files: ${wasm}`);
    }
    const files = { "/index.html": await readFile(project.path(page), "utf8") };
    return Site.start({ files, folders: { "/": project.path("dist") }, policy: POLICY });
  };
}

/** Starts what a version of Vite serves of a project. */
export function served(tool, project, ...words) {
  return project.serve({ POLICY }, `${tool}/bin/vite.js`, ...words, "--host", "127.0.0.1", "--port", "0");
}

/** A version of Vite: what it builds, by its preview, and its development server. Each project is installed alone. */
function vite(tool) {
  const common = { name: "Vite", tool, folder: "vite" };
  return [
    {
      ...common,
      alone: `${tool}-built`,
      always: tool === "vite",
      start: async (project) => {
        await project.run(`${tool}/bin/vite.js`, "build");
        return served(tool, project, "preview");
      },
    },
    { ...common, alone: `${tool}-served`, mode: "development server", always: tool === "vite-5", start: (project) => served(tool, project) },
  ];
}

/**
 * Those whose result is a page. `start(project)` answers `{ url, stop() }`; `always`: also in the short run;
 * `alsoOnServer`: what their server does with the package.
 */
export const PAGES = [
  {
    name: "plain files",
    folder: "plain",
    always: true,
    start: (project) =>
      Site.start({ folders: { "/clawline/": project.installed, "/": project.folder }, policy: POLICY }),
  },
  {
    name: "plain files",
    mode: "import map",
    folder: "importmap",
    always: true,
    start: async (project) => {
      const readme = await readFile(join(project.installed, "README.md"), "utf8");
      const [, map] = /<script type="importmap">(.*?)<\/script>/.exec(readme);
      const page = await readFile(project.path("index.html"), "utf8");
      const files = { "/index.html": page.replace("<script", `<script type="importmap">${map}</script>\n    <script`) };
      const hash = createHash("sha256").update(map).digest("base64");
      const policy = POLICY.replace("script-src", `script-src 'sha256-${hash}'`);
      return Site.start({ files, folders: { "/clawline/": project.installed, "/": project.folder }, policy });
    },
  },
  {
    name: "esbuild",
    tool: "esbuild",
    folder: "esbuild",
    always: true,
    start: built("esbuild", [
      ...["main.js", "clawline/clawline_bg.wasm"],
      ...["--bundle", "--format=esm", "--loader:.wasm=copy", "--entry-names=[name]", "--outdir=dist"],
    ]),
  },
  ...["vite-5", "vite-6", "vite-7", "vite"].flatMap(vite),
  { name: "webpack", tool: "webpack", folder: "webpack", start: built("webpack", []) },
  { name: "Rollup", tool: "rollup", folder: "rollup", start: built("rollup", ["--config"]) },
  {
    name: "Next.js",
    tool: "next",
    folder: "next",
    start: async (project) => {
      await project.run("next", "build");
      return project.serve({}, "next", "start", "--hostname", "127.0.0.1", "--port", "0");
    },
    alsoOnServer: async (site, options) => {
      const page = await (await fetch(site.url)).text();
      assert.ok(page.includes("<output>…</output>"), "the server renders the page");
      const answer = await (await fetch(`${site.url}ask`, { method: "POST", body: JSON.stringify(options) })).text();
      assert.ok(answer.includes(options.words), `a route of the server connects by itself: ${answer}`);
    },
  },
];

/** Those that need no browser. */
export const PROGRAMS = [
  { name: "Node", tool: "node", folder: "node", command: ["node", "main.mjs"] },
  {
    name: "Deno",
    tool: "deno",
    folder: "deno",
    command: ["deno", "run", "--check", "--no-remote", "--allow-net=127.0.0.1", "--allow-read", "main.ts"],
  },
];
