// Copies of the examples, each alone in a folder with the packages that it
// names, and no others.
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installPacked, output } from "../../e2e/harness/packed.mjs";
import { surroundings, told } from "../../e2e/harness/surroundings.mjs";

export const SOURCE = fileURLToPath(new URL("../../../pkg/examples/", import.meta.url));

/** The folder whose `node_modules` has the packages of all examples. */
const shared = join(told("CLAWLINE_EXAMPLES"), "node_modules");

/** With the Node of that folder: ours may be too old for a program. */
const path = [join(shared, "node/bin"), process.env.PATH].join(delimiter);
const environment = { ...process.env, NO_COLOR: "1", PATH: path };

const parsed = async (path) => JSON.parse(await readFile(path, "utf8"));

/** The names of those that npm installs. */
export async function names() {
  return (await readdir(SOURCE)).filter((name) => existsSync(join(SOURCE, name, "package.json")));
}

/** The packages that an example asks for, with their versions. */
export async function packagesOf(name) {
  const { dependencies, devDependencies } = await parsed(join(SOURCE, name, "package.json"));
  return { ...dependencies, ...devDependencies };
}

/** The versions that are tested. */
export async function tested() {
  const { dependencies, devDependencies } = await parsed(new URL("../package.json", import.meta.url));
  const { version } = await parsed(join(surroundings.package, "package.json"));
  return { ...dependencies, ...devDependencies, clawline: version };
}

export class Examples {
  /** The package as it is installed. */
  clawline;
  #folder;

  static async open() {
    const examples = new Examples();
    const folder = await mkdtemp(join(tmpdir(), "clawline-examples-"));
    examples.#folder = folder;
    await mkdir(join(folder, "npm"));
    await writeFile(join(folder, "npm/package.json"), '{ "private": true }');
    examples.clawline = (await installPacked(join(folder, "npm"))).installed;
    return examples;
  }

  /** A copy, as after `npm install`: above it there are no packages. */
  async copy(name) {
    const folder = await mkdtemp(join(this.#folder, `${name}-`));
    const isSource = (path) => !["node_modules", "dist"].includes(basename(path));
    await cp(join(SOURCE, name), folder, { recursive: true, filter: isSource });
    for (const dependency of Object.keys(await packagesOf(name))) {
      const place = join(folder, "node_modules", dependency);
      await mkdir(dirname(place), { recursive: true });
      await symlink(dependency === "clawline" ? this.clawline : join(shared, dependency), place);
    }
    await symlink(join(shared, ".bin"), join(folder, "node_modules/.bin"));
    return new Example(folder);
  }

  async close() {
    await rm(this.#folder, { recursive: true });
  }
}

class Example {
  constructor(folder) {
    this.folder = folder;
  }

  /** Runs a program in it; answers what it printed. */
  run([program, ...words], env = {}) {
    return output(program, words, { cwd: this.folder, env: { ...environment, ...env } });
  }
}
