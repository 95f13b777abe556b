// Projects of people who use the package: a folder each, the packed package
// installed, the tools of their toolchain above them.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { installPacked, output } from "../../e2e/harness/packed.mjs";
import { told } from "../../e2e/harness/surroundings.mjs";

/** The folder whose `node_modules` has the tools. */
const tools = told("CLAWLINE_TOOLCHAINS");
const files = fileURLToPath(new URL("../", import.meta.url));
const environment = { ...process.env, NO_COLOR: "1", NEXT_TELEMETRY_DISABLED: "1" };

const pathOf = (tool) => join(tools, "node_modules/.bin", tool);

/** Where projects are made, with what npm packs installed for all of them. */
export class Projects {
  /** The tarball, and the package as it is installed. */
  tarball;
  installed;
  #folder;

  static async open() {
    const projects = new Projects();
    const folder = await mkdtemp(join(tools, "projects-"));
    projects.#folder = folder;
    await writeFile(join(folder, "package.json"), '{ "private": true, "type": "module" }');
    Object.assign(projects, await installPacked(folder));
    return projects;
  }

  /** A project with the files of `app/` and those of the folder `name`, if the toolchain needs any. */
  async project(name) {
    const folder = join(this.#folder, name);
    for (const part of ["app", name].filter((part) => existsSync(join(files, part)))) {
      await cp(join(files, part), folder, { recursive: true });
    }
    return new Project(folder, this.installed);
  }

  /** A project with these files alone, by their names. */
  async empty(name, texts) {
    const folder = join(this.#folder, name);
    await mkdir(folder);
    await Promise.all(Object.entries(texts).map(([file, text]) => writeFile(join(folder, file), text)));
    return new Project(folder, this.installed);
  }

  /** Runs a tool beside the projects. */
  run(tool, ...words) {
    return output(pathOf(tool), words, { cwd: this.#folder, env: environment });
  }

  async close() {
    await rm(this.#folder, { recursive: true });
  }
}

class Project {
  constructor(folder, installed) {
    this.folder = folder;
    this.installed = installed;
  }

  path(name) {
    return join(this.folder, name);
  }

  /** All files below a folder of it. */
  files(name) {
    return filesOf(this.path(name));
  }

  /** Runs one of the installed tools and answers what it printed. */
  run(tool, ...words) {
    return output(pathOf(tool), words, { cwd: this.folder, env: environment });
  }

  /** Starts a tool that serves; resolves once it has printed its address. */
  async serve(env, tool, ...words) {
    const child = spawn(pathOf(tool), words, { cwd: this.folder, env: { ...environment, ...env } });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    const stop = () => {
      child.kill();
      return ended;
    };
    let said = "";
    child.stderr.on("data", (text) => (said += text));
    for await (const line of createInterface({ input: child.stdout })) {
      said += `${line}\n`;
      const [url] = /http:\/\/\S+:\d+/.exec(line) ?? [];
      if (url) {
        child.stdout.resume();
        return { url: `${url}/`, stop };
      }
    }
    throw new Error(`${tool} ended before it served\n${said}`);
  }
}

/** The paths of all files below a folder, sorted. */
export async function filesOf(folder) {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = found.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return paths.map((path) => path.slice(folder.length + 1)).sort();
}
