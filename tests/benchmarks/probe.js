/* Watches a page from inside: when do the markers stand, what went over the network, how long does a move
 * of the map take. Runs in every document before its own scripts; a frame only tells the page what it loads.
 * Reads the page and never touches its layout, except in `moves`, where that is the point.
 */
(() => {
  "use strict";
  const isPage = window.top === window;
  const complaints = isPage ? [] : window.top.benchmark.complaints;
  const loaded = isPage ? [] : window.top.benchmark.loaded;

  // ---- in every document -----------------------------------------------------------------------

  performance.setResourceTimingBufferSize(5000);
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.name.startsWith("http")) {
        loaded.push({ url: entry.name, bytes: entry.transferSize });
      }
    }
  }).observe({ type: "resource", buffered: true });
  window.addEventListener("error", (event) => complaints.push(event.message));
  window.addEventListener("unhandledrejection", (event) => complaints.push(String(event.reason)));
  if (!isPage) {
    return;
  }

  const FRAME = 'iframe[title="streamlit_folium.st_folium"]';
  const STABLE_MS = 500; // markers that stay as they are for so long are taken as final
  const CHANGE_MS = 1000; // how long a move may take to show
  const REST_MS = 150; // between two moves
  const RERUN = 0x5a; // first byte of a message that asks the server to run the script (BackMsg.rerun_script)
  const socket = { received_bytes: 0, sent_bytes: 0, reruns: 0 };
  let watched = null;

  // ---- the web socket --------------------------------------------------------------------------

  const size = (data) => data.byteLength ?? data.size ?? data.length;
  window.WebSocket = class extends window.WebSocket {
    constructor(...settings) {
      super(...settings);
      this.addEventListener("message", (event) => {
        socket.received_bytes += size(event.data);
      });
    }
    send(data) {
      socket.sent_bytes += size(data);
      socket.reruns += Number(data[0] === RERUN);
      super.send(data);
    }
  };

  // ---- the markers -----------------------------------------------------------------------------

  /** Windows that hold a map; while an app builds a new one there may be two. */
  function maps(app) {
    if (app === "datasette") {
      return [window];
    }
    return [...document.querySelectorAll(FRAME)].map((frame) => frame.contentWindow).filter(Boolean);
  }

  const number = (text) => Number((text.match(/\d[\d,.\u00a0\u202f]*/) || ["0"])[0].replace(/\D/g, ""));
  const SELECTORS = { ours: ".atlas-plant, .atlas-group", other: ".leaflet-marker-icon" };
  const COUNTERS = {
    ours: (one) => (one.classList.contains("atlas-group") ? number(one.getAttribute("aria-label") || "") : 1),
    other: (one) => (one.classList.contains("marker-cluster") ? number(one.textContent) : 1),
  };

  /** Markers on one map: how many elements, how many plants they say they stand for, what they look like. */
  function markers(app, owner) {
    const kind = app === "ours" ? "ours" : "other";
    const found = owner.document ? [...owner.document.querySelectorAll(SELECTORS[kind])] : [];
    return {
      elements: found.length,
      plants: found.reduce((sum, one) => sum + COUNTERS[kind](one), 0),
      // Where a mark stands; not where it glides through while the map zooms.
      look: found
        .map((one) => one.textContent + (one.style.left + one.style.top || one.style.transform))
        .join("|"),
    };
  }

  /** Our layer knows how many plants the filters leave, also those that are out of view; nothing yet, if
   * what stands on the map is not that. */
  function shownByState(owner) {
    const state = owner.AtlasPlants?.states?.get(owner.map);
    return state && !state.isStale ? state.points?.size : undefined;
  }

  function look(app, expected) {
    if (app === "bare") {
      const done = document.querySelector("h1")?.textContent.includes("Bare") === true;
      return { done, elements: Number(done), plants: 0, look: String(done) };
    }
    // What stands behind the first answer, which ours has in front until then, counts for nothing.
    const isCovered = document.documentElement.classList.contains("atlas-waits");
    const all = maps(app).map((owner) => {
      const found = markers(app, owner);
      const shown = (app === "ours" ? shownByState(owner) : undefined) ?? found.plants;
      return { ...found, shown, done: found.elements > 0 && shown === expected && !isCovered };
    });
    return all.find((one) => one.done) || all.at(-1) || { done: false, elements: 0, plants: 0, look: "" };
  }

  // ---- waiting for them ------------------------------------------------------------------------

  /** Watch from now until `expected` plants are shown in another look than the present one. Times are in
   * milliseconds after `since`: the visitor's next press of a button or, when opening, the navigation. */
  function watch(app, expected, { opening = false } = {}) {
    const before = opening ? "" : look(app, expected).look;
    const mine = { since: opening ? 0 : null, first: null, done: null, settled: null, final: null };
    watched = mine;
    if (!opening) {
      const start = (event) => {
        mine.since = event.timeStamp;
      };
      window.addEventListener("pointerdown", start, { capture: true, once: true });
    }
    let last = before;
    const step = () => {
      if (watched !== mine) {
        return;
      }
      const now = performance.now();
      const found = look(app, expected);
      if (mine.since !== null && found.look !== last) {
        last = found.look;
        mine.settled = now;
      }
      if (mine.since !== null && found.elements && found.look !== before && mine.first === null) {
        mine.first = now;
      }
      if (mine.since !== null && found.done && found.look !== before && mine.done === null) {
        mine.done = now;
      }
      if (mine.done !== null && now - mine.settled > STABLE_MS) {
        mine.final = { elements: found.elements, plants: found.plants, shown: found.shown };
        return;
      }
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  /** What the watching found, in seconds; null while it goes on. */
  function result() {
    if (!watched?.final) {
      return null;
    }
    const after = (time) => (time === null ? null : (time - watched.since) / 1000);
    return {
      first_marker_s: after(watched.first),
      done_s: after(watched.done),
      settled_s: after(watched.settled),
      ...watched.final,
    };
  }

  // ---- the first answer ------------------------------------------------------------------------

  /** When heading and plants could first be read, and how far the page has jumped. */
  const opened = { readable_ms: null, shift: 0 };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (!entry.hadRecentInput) {
        opened.shift += entry.value;
      }
    }
  }).observe({ type: "layout-shift", buffered: true });

  /** Whether heading and `names` stand on the page, or the rows in an app that draws them as a picture. */
  function isReadable(app, names) {
    if (!document.querySelector("h1")?.getBoundingClientRect().height) {
      return false;
    }
    if (app === "naive") {
      return document.querySelector("[data-testid=stDataFrame] canvas") !== null;
    }
    return names.every((name) => document.body.textContent.includes(name));
  }

  /** Watch from the navigation on until the page can be read. */
  function read(app, names) {
    const step = () => {
      if (isReadable(app, names) && performance.getEntriesByName("first-contentful-paint").length) {
        opened.readable_ms = performance.now();
      } else {
        requestAnimationFrame(step);
      }
    };
    requestAnimationFrame(step);
  }

  function opening() {
    const { readable_ms, shift } = opened;
    return { readable_s: readable_ms === null ? null : readable_ms / 1000, layout_shift: shift };
  }

  // ---- moving the map --------------------------------------------------------------------------

  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

  /** One move, until other markers stand; with the layout that the browser would do next. */
  async function timed(app, owner, move) {
    const before = markers(app, owner).look;
    const start = performance.now();
    move();
    owner.document.body.getBoundingClientRect();
    const at_once_ms = performance.now() - start;
    if (markers(app, owner).look !== before) {
      return { ms: at_once_ms, changed: true };
    }
    while (performance.now() - start < CHANGE_MS) {
      await frame();
      const ms = performance.now() - start;
      if (markers(app, owner).look !== before) {
        return { ms, changed: true };
      }
    }
    return { ms: at_once_ms, changed: false };
  }

  /** A visitor drags the map a bit. */
  function nudge(app) {
    maps(app).at(-1).map.panBy([80, 0], { animate: false });
  }

  /** Ten zooms around a spot, then ten moves by almost a view each; without animation. */
  async function moves(app, [latitude, longitude]) {
    const owner = maps(app).at(-1);
    const map = owner.map;
    const spot = [latitude, longitude];
    const still = { animate: false };
    const rest = () => new Promise((resolve) => setTimeout(resolve, REST_MS));
    const run = async (steps) => {
      const found = [];
      for (const step of steps) {
        found.push(await timed(app, owner, step));
        await rest();
      }
      return found;
    };
    map.setView(spot, 3, still);
    await rest();
    const zooms = [4, 5, 6, 7, 8, 9, 7, 5, 4, 3];
    const zoom = await run(zooms.map((level) => () => map.setView(spot, level, still)));
    map.setView(spot, 6, still);
    await rest();
    const { x, y } = map.getSize();
    const right = [0.8 * x, 0];
    const left = [-0.8 * x, 0];
    const down = [0, 0.8 * y];
    const up = [0, -0.8 * y];
    const pans = [right, up, left, left, down, down, right, right, up, up];
    const pan = await run(pans.map((way) => () => map.panBy(way, still)));
    return { zoom, pan };
  }

  // ---- for the outside -------------------------------------------------------------------------

  /** What the page has used up so far; `running`: whether its script still runs. */
  function used() {
    const page = performance.getEntriesByType("navigation")[0];
    return {
      ...socket,
      requests: loaded.length + 1,
      http_bytes: loaded.reduce((sum, one) => sum + one.bytes, page ? page.transferSize : 0),
      running: document.querySelector("[data-testid=stApp]")?.dataset.testScriptState === "running",
    };
  }

  /** Middle of the first visible element of `selector` whose text or label begins with `text`. */
  function place(selector, text) {
    const begins = (one) => (one.getAttribute("aria-label") || one.textContent).trim().startsWith(text);
    const found = [...document.querySelectorAll(selector)].filter(begins);
    const boxes = found.map((one) => one.getBoundingClientRect()).filter((box) => box.width && box.height);
    return boxes.length ? [boxes[0].x + boxes[0].width / 2, boxes[0].y + boxes[0].height / 2] : null;
  }

  window.benchmark = {
    complaints,
    loaded,
    watch,
    result,
    read,
    opening,
    moves,
    nudge,
    look,
    used,
    place,
  };
})();
