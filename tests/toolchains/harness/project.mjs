// Projects of people who use the package: a folder each, the packed package
// installed, the tools of their toolchain above them.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { installPacked, output } from "../../e2e/harness/packed.mjs";
import { told } from "../../e2e/harness/surroundings.mjs";

/** The folder whose `node_modules` has the tools. */
const tools = told("CLAWLINE_TOOLCHAINS");
const files = fileURLToPath(new URL("../", import.meta.url));
const environment = { ...process.env, NO_COLOR: "1", NEXT_TELEMETRY_DISABLED: "1" };

/** A tool by its name, or the script of one that is there in several versions. */
function commandOf(tool) {
  const place = join(tools, "node_modules");
  return tool.endsWith(".js") ? [process.execPath, join(place, tool)] : [join(place, ".bin", tool)];
}

function run(tool, words, folder) {
  const [program, ...first] = commandOf(tool);
  return output(program, [...first, ...words], { cwd: folder, env: environment });
}

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

  /**
   * A project with the files of `app/` and those of the folder `name`, if the toolchain needs any. With `alone`, it is
   * called that, and has a copy of the package in `node_modules` of its own, as after `npm install`.
   */
  async project(name, alone) {
    const folder = join(this.#folder, alone ?? name);
    for (const part of ["app", name].filter((part) => existsSync(join(files, part)))) {
      await cp(join(files, part), folder, { recursive: true });
    }
    if (alone !== undefined) {
      await cp(this.installed, join(folder, "node_modules/clawline"), { recursive: true });
      await writeFile(join(folder, "package.json"), '{ "private": true, "type": "module", "dependencies": { "clawline": "*" } }');
    }
    return new Project(folder, this.installed);
  }

  /** A project of a workspace: the package stands in the `node_modules` of all, beside no other file of the project. */
  async workspace(name) {
    const root = join(this.#folder, `workspace-${name}`);
    const project = await this.project(name, join(`workspace-${name}`, "app"));
    await rename(project.path("node_modules"), join(root, "node_modules"));
    await writeFile(join(root, "package.json"), '{ "private": true, "workspaces": ["app"] }');
    return project;
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
    return run(tool, words, this.#folder);
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
    return run(tool, words, this.folder);
  }

  /** Starts a tool that serves; resolves once it has printed its address. */
  async serve(env, tool, ...words) {
    const [program, ...first] = commandOf(tool);
    const child = spawn(program, [...first, ...words], { cwd: this.folder, env: { ...environment, ...env } });
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
