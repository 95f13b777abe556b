// Modules into few files, by esbuild.
//   node bundle.mjs page TOOLS IN OUT [--minify]   IN/index.html and IN/assets/ become OUT, with
//                                                  hashes in the names of what may be cached for ever;
//                                                  assets/webchat.js keeps its name
//   node bundle.mjs package TOOLS DIR              the glue of wasm-bindgen and its snippets become one file, with a source map
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, extname, join } from "node:path";

const [, , task, tools, ...rest] = process.argv;
const { build } = createRequire(join(tools, "package.json"))("esbuild");

const COMMON = { bundle: true, format: "esm", target: "es2022", charset: "utf8", logLevel: "warning", legalComments: "none" };
// What the page's scripts import is bundled or emitted; these are copied as they are.
const BUNDLED = new Set([".js", ".css", ".wasm", ".map"]);
// A chunk of so many bytes is not worth a request.
const TINY = 2_048;
// What runs first.
const PROGRAM = "clawline-webchat_bg.wasm";
// What other pages load by its plain name.
const PART = "assets/webchat.js";

// The languages of the page: what `import … from "catalogues"` gives. English goes into the script,
// a catalogue of another language becomes a file that is loaded when somebody speaks it.
function catalogues(folder) {
  const tags = readdirSync(folder).map((name) => basename(name, ".ftl")).sort();
  const of = (tag) => {
    const source = readFileSync(join(folder, `${tag}.ftl`), "utf8");
    const said = (id) => new RegExp(`^${id} = (.+)$`, "m").exec(source)?.[1] ?? fail(`${tag}.ftl does not say its ${id}`);
    return `name: ${JSON.stringify(said("language"))}, direction: ${JSON.stringify(said("direction"))}`;
  };
  const imports = tags.map((tag, at) => `import c${at} from ${JSON.stringify(join(folder, `${tag}.ftl`))};`);
  const entries = tags.map((tag, at) => `${JSON.stringify(tag)}: { ${of(tag)}, ${tag === "en" ? "source" : "url"}: c${at} }`);
  const contents = `${imports.join("\n")}\nexport default { ${entries.join(", ")} };`;
  // Comments are for translators.
  const english = () => readFileSync(join(folder, "en.ftl"), "utf8").replace(/^(#.*)?\n/gm, "");
  return {
    name: "catalogues",
    setup(build) {
      build.onResolve({ filter: /^catalogues$/ }, () => ({ path: "catalogues", namespace: "catalogues" }));
      build.onLoad({ filter: /./, namespace: "catalogues" }, () => ({ contents, resolveDir: folder }));
      build.onLoad({ filter: /[/\\]en\.ftl$/ }, () => ({ contents: english(), loader: "text" }));
    },
  };
}

// The chunks that the program was cut into: what `import … from "chunks"` gives, each with the digest that
// its bytes must have; what several share and is tiny goes into the script. The loader beside them, which the
// tool that cuts has written, asks `chunks.js` for them.
function chunks(folder) {
  const names = readdirSync(folder).filter((name) => extname(name) === ".wasm" && name !== PROGRAM).map((name) => basename(name, ".wasm"));
  const digest = (name) => `sha384-${createHash("sha384").update(readFileSync(join(folder, `${name}.wasm`))).digest("base64")}`;
  const isTiny = (name) => name.startsWith("chunk_") && statSync(join(folder, `${name}.wasm`)).size <= TINY;
  const imports = names.map((name, at) => `import c${at} from "./${name}.wasm";`);
  const entry = (name, at) => isTiny(name) ? `bytes: c${at}` : `url: c${at}, digest: ${JSON.stringify(digest(name))}`;
  const entries = names.map((name, at) => `${JSON.stringify(name)}: { ${entry(name, at)} }`);
  const contents = `${imports.join("\n")}\nexport default { ${entries.join(", ")} };`;
  const fetched = /fetch\(new URL\("\.\/(\w+)\.wasm", import\.meta\.url\)\)/g;
  const run = /WebAssembly\.instantiateStreaming\(src, imports\)/g;
  const loader = (path) => {
    const source = readFileSync(path, "utf8");
    const count = (pattern) => [...source.matchAll(pattern)].length;
    if (count(fetched) !== names.length || count(run) !== names.length) fail(`${path} does not load each chunk once`);
    const asked = source.replaceAll(fetched, (_, name) => `chunk(${JSON.stringify(name)})`).replaceAll(run, "src.then((bytes) => WebAssembly.instantiate(bytes, imports))");
    return `import { chunk } from "./chunks.js";\n${asked}`;
  };
  return {
    name: "chunks",
    setup(build) {
      build.onResolve({ filter: /^chunks$/ }, () => ({ path: "chunks", namespace: "chunks" }));
      build.onLoad({ filter: /./, namespace: "chunks" }, () => ({ contents, resolveDir: folder }));
      build.onLoad({ filter: /[/\\]chunk_\d+\.wasm$/ }, ({ path }) => isTiny(basename(path, ".wasm")) ? { contents: readFileSync(path), loader: "binary" } : undefined);
      build.onLoad({ filter: /[/\\]__wasm_split\.js$/ }, ({ path }) => ({ contents: loader(path) }));
    },
  };
}

function fail(why) {
  throw new Error(why);
}

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
    loader: { ".ftl": "file", ".wasm": "file" },
    // wasm-bindgen names a module once for each chunk that imports it.
    logOverride: { "duplicate-object-key": "silent" },
    nodePaths: [join(tools, "node_modules")],
    plugins: [catalogues(join(from, "words")), chunks(join(from, "assets"))],
  });
  mkdirSync(assets, { recursive: true });
  for (const name of readdirSync(join(from, "assets"), { withFileTypes: true })) {
    if (name.isFile() && !BUNDLED.has(extname(name.name))) cpSync(join(from, "assets", name.name), join(assets, name.name));
  }
  let index = readFileSync(join(from, "index.html"), "utf8");
  let part = readFileSync(join(from, PART), "utf8");
  for (const [output, { entryPoint }] of Object.entries(metafile.outputs)) {
    if (entryPoint === undefined) continue;
    const [plain, hashed] = [`/${basename(entryPoint)}"`, `/${basename(output)}"`];
    if (!index.includes(plain) || !part.includes(plain)) throw new Error(`index.html or ${PART} does not load ${plain}`);
    index = index.replaceAll(plain, hashed);
    part = part.replaceAll(plain, hashed);
  }
  writeFileSync(join(to, PART), part);
  // The browser fetches the wasm at once instead of after the script.
  const [program] = Object.entries(metafile.outputs).find(([, { inputs }]) => Object.keys(inputs).some((input) => basename(input) === PROGRAM)) ?? fail(`no ${PROGRAM}`);
  const wasm = basename(program);
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
