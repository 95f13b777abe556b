// Scenarios in somebody else's page, with one client of our npm package.
import { scenario } from "./scenario.mjs";
import { packageSite } from "./tab.mjs";

/** A scenario on a site with the package, with one client that is `client` there. */
export function onSite(name, options, act) {
  scenario(name, options, async (stage) => {
    const site = await packageSite();
    try {
      await stage.page.goto(site.url);
      await stage.page.waitForFunction(() => globalThis.start);
      await stage.page.evaluate((options) => start(options), { url: stage.server.gateway, auth: { token: stage.server.token }, displayName: "a site" });
      await act(stage);
    } finally {
      await site.stop();
    }
  });
}
