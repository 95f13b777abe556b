// Modules into few files, by esbuild.
//   node bundle.mjs page TOOLS IN OUT [--minify]   IN/index.html and IN/assets/ become OUT, with
//                                                  hashes in the names of what may be cached for ever
//   node bundle.mjs package TOOLS DIR              the glue of wasm-bindgen and its snippets become one file, with a source map
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, extname, join } from "node:path";

const [, , task, tools, ...rest] = process.argv;
const { build } = createRequire(join(tools, "package.json"))("esbuild");

const COMMON = { bundle: true, format: "esm", target: "es2022", charset: "utf8", logLevel: "warning", legalComments: "none" };
// What the page's scripts import is bundled or emitted; these are copied as they are.
const BUNDLED = new Set([".js", ".css", ".wasm", ".map"]);

async function page(from, to, minify) {
  const assets = join(to, "assets");
  const entries = readdirSync(join(from, "assets")).filter((name) => name === "boot.js" || extname(name) === ".css");
  const { metafile } = await build({
    ...COMMON,
    minify,
    metafile: true,
    entryPoints: entries.map((name) => join(from, "assets", name)),
    outdir: assets,
    entryNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    loader: { ".wasm": "file" },
  });
  mkdirSync(assets, { recursive: true });
  for (const name of readdirSync(join(from, "assets"), { withFileTypes: true })) {
    if (name.isFile() && !BUNDLED.has(extname(name.name))) cpSync(join(from, "assets", name.name), join(assets, name.name));
  }
  let index = readFileSync(join(from, "index.html"), "utf8");
  for (const [output, { entryPoint }] of Object.entries(metafile.outputs)) {
    if (entryPoint === undefined) continue;
    const [plain, hashed] = [`"assets/${basename(entryPoint)}"`, `"assets/${basename(output)}"`];
    if (!index.includes(plain)) throw new Error(`index.html does not load ${plain}`);
    index = index.replaceAll(plain, hashed);
  }
  // The browser fetches the wasm at once instead of after the script.
  const wasm = readdirSync(assets).find((name) => name.endsWith(".wasm"));
  const hint = `<link rel="preload" href="assets/${wasm}" as="fetch" type="application/wasm" crossorigin>`;
  writeFileSync(join(to, "index.html"), index.replace("</head>", `  ${hint}\n  </head>`));
}

async function packageGlue(folder) {
  const glue = readdirSync(folder).find((name) => name.endsWith(".js"));
  // Names stay: a reader of a stack trace, and of the file, has them.
  const options = { entryPoints: [join(folder, glue)], outfile: join(folder, glue), allowOverwrite: true };
  await build({ ...COMMON, ...options, minifyWhitespace: true, minifySyntax: true, sourcemap: true });
  rmSync(join(folder, "snippets"), { recursive: true, force: true });
}

if (task === "page") await page(rest[0], rest[1], rest.includes("--minify"));
else if (task === "package") await packageGlue(rest[0]);
else throw new Error("usage: bundle.mjs page TOOLS IN OUT [--minify] | package TOOLS DIR");
