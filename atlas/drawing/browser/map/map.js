/* The map around the plants: embedded base map, optional online layers, theme, legend, notices, and the
 * way back to the page. `AtlasMap.start(map, settings)` runs once per map, before the plants come; see
 * folium_map.py for `settings` and plants.js for the events that tie the two together. Two more settings
 * are for a page that is not Streamlit's: `load` (see basemap.js), and `followTheme(apply)`, which calls
 * apply("light" or "dark") at once and with each change.
 */
(() => {
  "use strict";

  const { gettext, number } = window.AtlasWords;
  const MAX_LATITUDE = 85.06;
  const AFTER_PLANTS_MS = 100;
  const AT_THE_LATEST_MS = 1000;
  const LEGEND_WIDTH_PX = 420; // narrower maps have it folded
  const HINT_MS = 1500;
  const PHONE = "(width <= 640px)"; // as in page.css

  /**
   * @param {L.Map} map
   * @param {MapSettings} settings
   */
  function start(map, settings) {
    window.AtlasWords.use(settings.words);
    const container = map.getContainer();
    if (settings.fills || isOnPhone()) {
      container.classList.add(settings.fills ? "atlas-fills" : "atlas-low"); // a phone's frame is lower
      map.invalidateSize({ animate: false });
    }
    window.frameElement?.setAttribute("aria-label", gettext("Map of the plants")); // its title names a component
    holdStill(container);
    letWheelThrough(map);
    leaveOneFingerToThePage(map);
    map.attributionControl.setPrefix(false);
    map.zoomControl.setPosition("topright");
    map.setMaxBounds([
      [-MAX_LATITUDE, -Infinity],
      [MAX_LATITUDE, Infinity],
    ]);
    keepWorldLarge(map);
    map.on("resize", () => keepWorldLarge(map));
    L.control.scale({ position: "bottomright", imperial: true }).addTo(map);
    addLayerControl(map, settings);
    addLegend(map);
    addNotice(map);
    let base = null;
    let [zoom, boxes] = [-1, []];
    map.on("atlas:room", (/** @type {RoomEvent} */ room) => {
      [zoom, boxes] = [room.zoom, room.boxes];
      base?.avoid(zoom, boxes);
    });
    const follow = settings.followTheme || ((apply) => followTheme(settings.theme, apply));
    follow((theme) => {
      window.AtlasMarks.wearTheme(container, theme);
      container.style.background = window.AtlasBasemap.themes[theme].sea;
      if (base) {
        base.setTheme(theme);
      }
    });
    afterPlants(map, () => {
      base = addBase(map, settings, container.dataset.theme).avoid(zoom, boxes);
    });
    map.on("atlas:select", (/** @type {SelectEvent} */ { plant, click }) => {
      leaveRoomForTheCard();
      tellPage({ plant, click });
    });
  }

  /** On a phone the card of a plant lies over the lower half of the window: the map goes to the upper one. */
  function leaveRoomForTheCard() {
    if (isOnPhone()) {
      window.frameElement?.scrollIntoView({ block: "start" });
    }
  }

  /** @returns {boolean} */
  function isOnPhone() {
    return Boolean(window.frameElement?.ownerDocument.defaultView?.matchMedia(PHONE).matches);
  }

  /** Leaflet focuses the map when the mouse goes down, and a browser scrolls to what gets the focus.
   *
   * Where the window cuts the map off, the mouse would then come up over another place: no click.
   */
  function holdStill(container) {
    const focus = container.focus.bind(container);
    container.focus = () => focus({ preventScroll: true });
  }

  /** The plants first: drawing land and sea takes a moment, and plants are what people came for.
   *
   * A large table may be long in coming, or not come at all.
   */
  function afterPlants(map, act) {
    let hasBegun = false;
    const begin = () => {
      if (!hasBegun) {
        hasBegun = true;
        act();
      }
    };
    setTimeout(begin, AT_THE_LATEST_MS);
    map.once("atlas:drawn atlas:notice", () => setTimeout(begin, AFTER_PLANTS_MS));
  }

  function addBase(map, settings, theme) {
    const base = window.AtlasBasemap.create({
      url: settings.basemap,
      theme,
      highlight: settings.highlight,
      load: settings.load,
    });
    return base.addTo(map);
  }

  /** The world is never a postage stamp, and can be seen whole: it is about as large as the map's smaller side. */
  function keepWorldLarge(map) {
    const size = map.getSize();
    map.setMinZoom(Math.max(1, Math.round(Math.log2(Math.min(size.x, size.y) / 256))));
  }

  // ---- scrolling -------------------------------------------------------------------------------

  /** The wheel scrolls the page where the map has no farther zoom. */
  function letWheelThrough(map) {
    map.getContainer().addEventListener(
      "wheel",
      (event) => {
        const end = event.deltaY > 0 ? map.getMinZoom() : map.getMaxZoom();
        if (event.deltaY && map.getZoom() === end) {
          event.stopPropagation(); // before Leaflet, which would keep it from the page
        }
      },
      { capture: true, passive: true },
    );
  }

  /** On a touch screen one finger scrolls the page; two move the map, and a hint says so. */
  function leaveOneFingerToThePage(map) {
    if (!window.matchMedia("(pointer: coarse)").matches) {
      return;
    }
    map.dragging.disable();
    let ending = 0;
    map.getContainer().addEventListener(
      "touchmove",
      (event) => {
        const isOne = event.touches.length === 1;
        clearTimeout(ending);
        map.fire("atlas:notice", {
          subject: "fingers",
          sentence: isOne ? gettext("Use two fingers to move the map.") : "",
        });
        ending = setTimeout(() => map.fire("atlas:notice", { subject: "fingers", sentence: "" }), HINT_MS);
      },
      { passive: true },
    );
  }

  // ---- online layers ---------------------------------------------------------------------------

  /** Radio buttons: the embedded map alone, or an online layer above it. The embedded map stays below. */
  function addLayerControl(map, settings) {
    if (!settings.online.length) {
      return;
    }
    /** @type {Record<string, L.Layer>} */
    const choices = { [settings.embedded]: L.layerGroup().addTo(map) };
    for (const layer of settings.online) {
      const tiles = L.tileLayer(layer.url, {
        attribution: layer.attribution,
        maxZoom: 18,
        maxNativeZoom: layer.max_zoom,
      });
      watchTiles(map, tiles, layer.name);
      choices[layer.name] = tiles;
    }
    const control = L.control.layers(choices, {}, { position: "topright" }).addTo(map);
    openByKeys(control);
    const asked = window.AtlasSight.askedLayer();
    const wanted = settings.online.find((layer) => layer.key === asked.key);
    const show = () => {
      map.removeLayer(choices[settings.embedded]);
      map.addLayer(choices[wanted.name]);
    };
    const offer = wanted && !asked.isOwn ? offerLayer(map, wanted.name, show) : null;
    map.on("baselayerchange", (event) => {
      offer?.remove();
      map.fire("atlas:notice", { subject: "tiles", sentence: "" });
      const chosen = settings.online.find((layer) => layer.name === event.name);
      map.getContainer().classList.toggle("atlas-online", Boolean(chosen?.has_names));
      map.getContainer().classList.remove("atlas-online-failed");
      window.AtlasSight.keepLayer(chosen?.key || "");
    });
    if (wanted && asked.isOwn) {
      show();
    }
  }

  /** Offers the online layer of a link: a link alone must not make a browser ask somebody else's server.
   *
   * @param {L.Map} map
   * @param {string} name
   * @param {() => void} show
   */
  function offerLayer(map, name, show) {
    const offer = new L.Control({ position: "topleft" });
    offer.onAdd = () => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "atlas-chip";
      button.textContent = gettext("This link has the layer {layer} – show it", { layer: name });
      L.DomEvent.disableClickPropagation(button);
      button.addEventListener("click", show);
      return button;
    };
    return offer.addTo(map);
  }

  /** Enter on the button goes to the chosen layer, Escape closes the list and goes back to the button. */
  function openByKeys(control) {
    const box = control.getContainer();
    /** @type {HTMLElement} */
    const button = box.querySelector(".leaflet-control-layers-toggle");
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target === button) {
        setTimeout(() => box.querySelector("input:checked")?.focus());
      } else if (event.key === "Escape") {
        event.preventDefault();
        control.collapse();
        button.focus();
      }
    });
  }

  function watchTiles(map, tiles, name) {
    const say = (sentence) => map.fire("atlas:notice", { subject: "tiles", sentence });
    tiles.on("tileerror", () => {
      map.getContainer().classList.add("atlas-online-failed");
      say(gettext("{layer}: no answer from the internet, so you see the built-in map.", { layer: name }));
    });
    tiles.on("tileload", () => {
      map.getContainer().classList.remove("atlas-online-failed");
      say("");
    });
  }

  // ---- notice ----------------------------------------------------------------------------------

  /** One calm line for whatever is not as it should be, for as long as it is so. */
  function addNotice(map) {
    const sentences = new Map();
    const notice = document.createElement("p");
    notice.className = "atlas-notice";
    notice.setAttribute("role", "status");
    map.on("atlas:notice", ({ subject, sentence }) => {
      sentences.set(subject, sentence);
      const text = [...sentences.values()].filter(Boolean).join(" ");
      if (notice.textContent !== text) {
        notice.textContent = text;
      }
      if (text) {
        map.getContainer().append(notice);
      } else {
        notice.remove();
      }
    });
  }

  // ---- legend ----------------------------------------------------------------------------------

  /** What the shapes on the map mean, with their numbers; nothing for a table without status
   * where all positions are sure. */
  function addLegend(map) {
    const { icon, textElement } = window.AtlasMarks;
    const box = /** @type {HTMLDetailsElement} */ (L.DomUtil.create("details", "atlas-legend"));
    const list = document.createElement("ul");
    list.setAttribute("aria-label", gettext("Legend"));
    box.append(textElement("summary", gettext("Legend")), list);
    box.open = map.getSize().x >= LEGEND_WIDTH_PX;
    L.DomEvent.disableClickPropagation(box);
    const legend = new L.Control({ position: "bottomleft" });
    legend.onAdd = () => box;
    map.on("atlas:table", ({ statuses, counts, others, unsure, legend: choice }) => {
      const rows = [];
      const add = (key, shape, words, count, press) => {
        rows.push({ key: `${key} ${words} ${Boolean(press)}`, shape, words, count, press });
      };
      statuses.forEach((words, status) => {
        const count = counts[status] || choice?.counts[status] || 0;
        const isChosen = Boolean(choice?.chosen.includes(status));
        if (words && (count || isChosen)) {
          add(status, icon(statuses, status), words, count, choice && { status, isChosen });
        }
      });
      if (others) {
        add(
          "others",
          L.DomUtil.create("i", "atlas-icon atlas-icon-ghost"),
          gettext("Not in that year"),
          others,
        );
      }
      if (unsure) {
        add(
          "unsure",
          L.DomUtil.create("i", "atlas-icon atlas-icon-unsure"),
          gettext("Position unsure"),
          unsure,
        );
      }
      fillLegend(list, rows);
      if (!rows.length) {
        legend.remove();
      } else if (!box.isConnected) {
        legend.addTo(map); // which takes it off first, and with it the focus
      }
    });
  }

  /** Shows these lines; one that was there before stays, and with it the focus of the keyboard. */
  function fillLegend(list, rows) {
    /** @type {Map<string, HTMLElement>} */
    const before = new Map([...list.children].map((line) => [line.dataset.key, line]));
    for (const [key, line] of before) {
      if (!rows.some((row) => row.key === key)) {
        line.remove();
      }
    }
    rows.forEach((row, i) => {
      const line = before.get(row.key) || legendLine(row);
      line.querySelector("button")?.setAttribute("aria-pressed", String(row.press.isChosen));
      line.querySelector("b").textContent = number(row.count);
      if (list.children[i] !== line) {
        list.insertBefore(line, list.children[i] || null);
      }
    });
  }

  let presses = 0;

  /** A line of the legend; with `press` a button that filters by its status, or ends that. */
  function legendLine({ key, shape, words, press }) {
    const line = document.createElement("li");
    line.dataset.key = key;
    const parts = [shape, window.AtlasMarks.textElement("span", words), document.createElement("b")];
    if (!press) {
      line.append(...parts);
      return line;
    }
    const button = document.createElement("button");
    button.type = "button";
    button.append(...parts);
    button.addEventListener("click", () => {
      presses += 1;
      tellPage({ status: press.status, click: `legend ${presses}` });
    });
    line.append(button);
    return line;
  }

  // ---- theme and page --------------------------------------------------------------------------

  /** The page's theme: fixed by the settings, else read from the colours Streamlit hands to its frames. */
  function themeNow(fixed) {
    if (fixed) {
      return fixed;
    }
    const colour = getComputedStyle(document.documentElement).getPropertyValue("--background-color").trim();
    if (!colour) {
      return window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    }
    return isDark(colour) ? "dark" : "light";
  }

  function isDark(colour) {
    const probe = document.createElement("span");
    probe.style.color = colour;
    document.body.append(probe);
    const [red, green, blue] = getComputedStyle(probe)
      .color.match(/[\d.]+/g)
      .map(Number);
    probe.remove();
    return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
  }

  function followTheme(fixed, apply) {
    apply(themeNow(fixed));
    if (fixed) {
      return;
    }
    window.addEventListener("message", (event) => {
      const theme = event.data && event.data.type === "streamlit:render" && event.data.theme;
      if (theme?.backgroundColor) {
        apply(isDark(theme.backgroundColor) ? "dark" : "light");
      }
    });
  }

  function tellPage(value) {
    if (window.Streamlit) {
      window.Streamlit.setComponentValue(value);
    }
  }

  let named = 0;

  /** Selects a plant that the page around the map names, as a click on its mark would. */
  function select(plant) {
    named += 1;
    tellPage({ plant, click: `row ${named}` });
  }

  window.AtlasMap = { start, select };
})();
