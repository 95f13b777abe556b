// A small static server: somebody else's web site that uses our package.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
  ".css": "text/css; charset=utf-8",
};

/** What is not there is a 404; a disk that does not answer is told. */
function missing(error) {
  if (error.code !== "ENOENT") {
    console.error(`the site cannot read ${error.path}: ${error.message}`);
  }
}

export class Site {
  /** `http://127.0.0.1:PORT/` */
  url;
  #server;

  /**
   * @param {object} options
   * @param {Record<string, string>} [options.files] texts by path
   * @param {Record<string, string>} [options.folders] folders by the path they are at
   * @param {string} [options.policy] the Content-Security-Policy of all of it
   */
  static async start({ files = {}, folders = {}, policy }) {
    const site = new Site();
    const find = async (path) => {
      if (path in files) {
        return files[path];
      }
      const at = Object.keys(folders).find((prefix) => path.startsWith(prefix));
      return at && readFile(join(folders[at], normalize(`/${path.slice(at.length)}`)));
    };
    site.#server = createServer(async (request, response) => {
      const { pathname } = new URL(request.url, "http://site");
      const path = pathname === "/" ? "/index.html" : pathname;
      const body = await find(path).catch(missing);
      const head = { "content-type": TYPES[extname(path)] ?? "application/octet-stream" };
      if (policy) {
        head["content-security-policy"] = policy;
      }
      response.writeHead(body === undefined ? 404 : 200, head).end(body);
    });
    await new Promise((resolve) => site.#server.listen(0, "127.0.0.1", resolve));
    site.url = `http://127.0.0.1:${site.#server.address().port}/`;
    return site;
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
