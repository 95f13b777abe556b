// A tab that says nothing any more, though it is there: as one that the
// browser or the machine froze.
/** How long a page is kept busy to find its process, at most so often, and what the process must use in that time. */
const BURN_MS = 600;
const ROUNDS = 20;
const ENOUGH_S = 0.1;

/** Stops the JavaScript of a page in the debugger; answers what lets it go on. */
export async function pause(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Debugger.enable");
  // It stops at the next statement that is run.
  const paused = new Promise((resolve) => cdp.once("Debugger.paused", resolve));
  await cdp.send("Debugger.pause");
  const stir = page.evaluate(() => setTimeout(() => {})).catch(() => {});
  await paused;
  return async () => {
    await cdp.send("Debugger.resume");
    await stir;
    await cdp.detach();
  };
}

/** Stops the whole process that renders a page (SIGSTOP); answers what lets it go on. */
export async function stop(page) {
  const renderer = await rendererOf(page);
  process.kill(renderer, "SIGSTOP");
  return async () => {
    process.kill(renderer, "SIGCONT");
    await page.evaluate(() => {});
  };
}

/** The process of a page: the renderer that is busy while the page is. */
async function rendererOf(page) {
  const cdp = await page.context().browser().newBrowserCDPSession();
  const times = async () => {
    const { processInfo } = await cdp.send("SystemInfo.getProcessInfo");
    return processInfo.filter(({ type }) => type === "renderer").map(({ id, cpuTime }) => [id, cpuTime]);
  };
  let before = new Map(await times());
  let used;
  let found;
  for (let round = 0; round < ROUNDS; round += 1) {
    await page.evaluate((millis) => {
      const end = performance.now() + millis;
      while (performance.now() < end);
    }, BURN_MS);
    const now = await times();
    used = now.map(([id, time]) => [id, time - (before.get(id) ?? 0)]).sort(([, a], [, b]) => b - a);
    before = new Map(now);
    const [[renderer, most], [, second] = [0, 0]] = used;
    const isClear = most > ENOUGH_S && second < most / 3;
    // Twice: other tabs have work of their own, too, but not each time.
    if (isClear && found === renderer) {
      await cdp.detach();
      return renderer;
    }
    found = isClear ? renderer : undefined;
  }
  throw new Error(`which process renders the page is not clear: ${JSON.stringify(used.slice(0, 4))}`);
}

/** A question that a page answers as long as it runs; ask it from another page of its site. */
export async function question(page) {
  const name = `silence-${crypto.randomUUID()}`;
  // Laid before: a silent page takes no orders.
  await page.evaluate((name) => {
    const channel = new BroadcastChannel(name);
    channel.onmessage = () => channel.postMessage("here");
    globalThis[name] = channel;
  }, name);
  return (other) =>
    other.evaluate(async (name) => {
      const channel = new BroadcastChannel(name);
      const answered = new Promise((resolve) => (channel.onmessage = () => resolve(true)));
      channel.postMessage("there?");
      const late = new Promise((resolve) => setTimeout(() => resolve(false), 1_000));
      const answer = await Promise.race([answered, late]);
      channel.close();
      return answer;
    }, name);
}
