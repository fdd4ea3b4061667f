/* Keeps years that only pass out of the browser's history: of years that are played or stepped through, the
 * last is one entry, so Back leads to what was there before the first.
 */
(() => {
  const PASSES = "year";
  const UNREAD = "at"; // where the visitor looks, which the map writes by itself (see map/sight.js)
  const push = history.pushState.bind(history);

  /** @param {URL} url */
  function withoutYear(url) {
    const others = [...url.searchParams].filter(([name]) => name !== PASSES && name !== UNREAD);
    return JSON.stringify([url.origin, url.pathname, others.sort()]);
  }

  /** @type {History["pushState"]} */
  history.pushState = (data, unused, url) => {
    const now = new URL(location.href);
    const next = new URL(url ?? now, now);
    const hasYears = now.searchParams.has(PASSES) && next.searchParams.has(PASSES);
    if (hasYears && withoutYear(now) === withoutYear(next)) {
      history.replaceState(data, unused, url);
    } else {
      push(data, unused, url);
    }
  };
})();
