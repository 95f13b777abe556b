// What is seen of a page from outside, the same for every page. It is put into
// a page before its own scripts run.
(() => {
  const eyes = { composerMs: null, conversationMs: null };
  let expected;

  const isUsable = (field) => !field.disabled && !field.readOnly && field.closest("[inert]") === null && field.checkVisibility({ visibilityProperty: true });

  /** The field for a message. */
  eyes.composer = () => [...document.querySelectorAll("textarea")].find(isUsable);

  /** The element in which one scrolls through the conversation. */
  eyes.log = () => {
    const reach = (element) => element.scrollHeight - element.clientHeight;
    const scrolls = (element) => ["auto", "scroll"].includes(getComputedStyle(element).overflowY) && element.clientHeight > 200;
    const [log] = [...document.querySelectorAll("div, main, section")].filter(scrolls).sort((a, b) => reach(b) - reach(a));
    return log;
  };

  /** Notes when the composer can be written in, and when words of the conversation stand in the page. */
  eyes.expect = (words) => {
    expected = words;
    requestAnimationFrame(look);
  };

  function look() {
    if (document.body !== null) {
      if (eyes.composer() !== undefined) eyes.composerMs ??= performance.now();
      if (expected.test(document.body.textContent)) eyes.conversationMs ??= performance.now();
    }
    if (eyes.composerMs === null || eyes.conversationMs === null) requestAnimationFrame(look);
  }

  eyes.paintMs = () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null;

  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  /** The number of the first row that stands in the page. */
  eyes.firstRow = () => Number(/row (\d+):/.exec(eyes.log().textContent)?.[1]);

  /** Reads back for a while, to the row with a number at most; tells which one is the first now. */
  eyes.readBack = async (number, ms) => {
    const end = performance.now() + ms;
    while (performance.now() < end && !(eyes.firstRow() <= number)) {
      const log = eyes.log();
      // From a little below, or there is nothing to scroll.
      log.scrollTop = 40;
      await frame();
      log.scrollTop = 0;
      await pause(100);
    }
    return eyes.firstRow();
  };

  eyes.toEnd = () => {
    const log = eyes.log();
    log.scrollTop = log.scrollHeight;
  };

  /** Backwards, a view a frame. */
  eyes.scroll = async (frames) => {
    const log = eyes.log();
    for (let count = 0; count < frames; count += 1) {
      log.scrollTop -= log.clientHeight;
      await frame();
    }
  };

  globalThis.eyes = eyes;
})();
