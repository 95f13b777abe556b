// What a page must not do: throw, panic, write errors to the console, or run
// into its own content security policy.

/** Said by browsers about sockets that a scenario cuts on purpose. */
const CUT_LINES = [
  /^WebSocket connection to /,
  /can’t establish a connection to the server at wss?:/,
  /The connection to wss?:.* was interrupted/,
  // A page whose attempts fail asks its own server whether that is there.
  /^Failed to load resource: net::ERR_(CONNECTION_(REFUSED|RESET|CLOSED)|SOCKET_NOT_CONNECTED)/,
];

const VIOLATION = "content security policy violated:";

/** Runs in the page before anything else. */
function reportViolations(prefix) {
  addEventListener("securitypolicyviolation", (event) => {
    console.error(prefix, event.effectiveDirective, event.blockedURI, event.sample);
  });
}

/** Collects the complaints of every page of a browser context. */
export class Complaints {
  #found = [];
  #console = [];
  #expected = [...CUT_LINES];

  static async of(context) {
    const complaints = new Complaints();
    await context.addInitScript(reportViolations, VIOLATION);
    context.on("page", (page) => complaints.#watch(page));
    return complaints;
  }

  #watch(page) {
    page.on("pageerror", (error) => this.#add(`uncaught: ${error.stack ?? error}`));
    page.on("crash", () => this.#add("the page crashed"));
    page.on("console", (message) => {
      const text = message.text();
      this.#console.push(`${message.type()}: ${text}`);
      if (message.type() === "error") {
        this.#add(text);
      }
    });
  }

  #add(text) {
    if (!this.#expected.some((pattern) => pattern.test(text))) {
      this.#found.push(text);
    }
  }

  /** Says before it happens that a complaint is part of the scenario. */
  expect(pattern) {
    this.#expected.push(pattern);
  }

  /** Everything that was written to the console, for the log of a failure. */
  get console() {
    return this.#console.join("\n");
  }

  /** Fails if there was any complaint. */
  check() {
    if (this.#found.length > 0) {
      throw new Error(`the page complained:\n${this.#found.join("\n")}`);
    }
  }
}
