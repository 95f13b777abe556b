import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.setMaxListeners(0);
const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const BUILDS = join(ROOT, '.test-build');

/** A copy of the build that may be pointed at a test server; the build itself never may. `root` signs its certificates. */
export function testBuild(root = '') {
  sweep();
  const build = join(BUILDS, `${process.pid}-${randomUUID()}`);
  cpSync(join(ROOT, 'dist'), join(build, 'dist'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(build, 'package.json'));
  writeFileSync(join(build, 'dist', 'test-server-allowed'), root);
  cpSync(fileURLToPath(new URL('remap.mjs', import.meta.url)), join(build, 'dist', 'remap.mjs'));
  process.on('exit', () => rmSync(build, { recursive: true, force: true }));
  return join(build, 'dist', 'main.js');
}

/** Takes away what processes that were killed left behind. */
function sweep() {
  mkdirSync(BUILDS, { recursive: true });
  for (const name of readdirSync(BUILDS)) {
    try {
      process.kill(Number(name.split('-')[0]), 0);
    } catch {
      rmSync(join(BUILDS, name), { recursive: true, force: true });
    }
  }
}

/** The same build, and how it is told where files are in the place of WhatsApp's host for them. */
export function remapped(main) {
  const folder = dirname(main);
  return { main: join(folder, 'remap.mjs'), remap: (host) => writeFileSync(join(folder, 'media-host'), host) };
}

/** A folder of its own for a test, gone when every process that used it is. */
export function folderFor() {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-test-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** A bridge process and the lines it has written. */
export class BridgeProcess {
  lines = [];
  errors = '';
  stdout = '';
  #waiting = new Set();
  #ids = 0;

  constructor(main, args, options = {}) {
    this.child = spawn(process.execPath, [...(options.node ?? []), main, ...args], {
      stdio: 'pipe',
      env: { PATH: process.env.PATH, HOME: options.home ?? tmpdir(), ...options.env },
    });
    this.exited = new Promise((done) => this.child.on('exit', (code, signal) => done({ code, signal })));
    this.child.stdin.on('error', () => {});
    let rest = '';
    this.child.stdout.setEncoding('utf8').on('data', (text) => {
      this.stdout += text;
      const lines = (rest + text).split('\n');
      rest = lines.pop();
      for (const line of lines) this.lines.push(JSON.parse(line));
      for (const look of this.#waiting) look();
    });
    this.child.stderr.setEncoding('utf8').on('data', (text) => (this.errors += text));
    this.exited.then(() => this.#waiting.forEach((look) => look(true)));
  }

  /** The first line, from now or before, that fits. Fails when the process ends without it. */
  line(fits, from = 0) {
    return new Promise((done, failed) => {
      const look = (ended = false) => {
        const found = this.lines.slice(from).find(fits);
        if (found) done(found);
        else if (ended === true) failed(new Error(`the bridge ended first: ${this.errors}\n${this.stdout.slice(-2000)}`));
        else return;
        this.#waiting.delete(look);
      };
      this.#waiting.add(look);
      look(this.child.exitCode !== null || this.child.signalCode !== null);
    });
  }

  event(ev, fits = () => true, from = 0) {
    return this.line((line) => line.ev === ev && fits(line), from);
  }

  raw(text) {
    this.child.stdin.write(text);
  }

  /** Gives a command and returns its answer. */
  ask(cmd, fields = {}) {
    const id = ++this.#ids;
    this.raw(`${JSON.stringify({ v: 1, id, cmd, ...fields })}\n`);
    return this.line((line) => line.id === id && 'ok' in line);
  }

  async kill() {
    this.child.kill('SIGKILL');
    return this.exited;
  }

  async end() {
    this.child.stdin.end();
    return this.exited;
  }
}
