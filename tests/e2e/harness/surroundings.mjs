// What `cargo xtask test` tells the tests: where the built programs, the page
// and the browsers are, and where results go.

/** The value of a variable that xtask sets. */
export function told(name) {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set: start these tests with \`cargo xtask test\` and the name of their stage`);
  }
  return value;
}

export const surroundings = {
  /** The binary `clawline-relay`. */
  relay: told("CLAWLINE_RELAY"),
  /** The binary `clawline-testkit`. */
  testkit: told("CLAWLINE_TESTKIT"),
  /** The folder of the built page. */
  page: told("CLAWLINE_PAGE"),
  /** The folder of the npm package, built. */
  package: told("CLAWLINE_PACKAGE"),
  /** The browsers by the names that scenarios use. */
  browsers: { chromium: told("CLAWLINE_CHROMIUM"), firefox: told("CLAWLINE_FIREFOX") },
  /** The folder for screenshots and logs of what failed. */
  results: told("CLAWLINE_E2E_RESULTS"),
  /** Whether the long tests run too. */
  full: process.env.CLAWLINE_E2E_FULL === "1",
};
