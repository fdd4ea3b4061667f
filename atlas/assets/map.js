/* The map around the plants: embedded base map, optional online layers, theme, legend, and the way
 * back to the page. `AtlasMap.start(map, settings)` runs once per map; see maps.py for `settings`.
 */
(function () {
  "use strict";

  const MAX_LATITUDE = 85.06;
  const AFTER_PLANTS_MS = 100;

  function start(map, settings) {
    const container = map.getContainer();
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
    addLegend(map, settings.statuses);
    let base = null;
    followTheme(settings.theme, (theme) => {
      container.dataset.theme = theme;
      if (base) {
        base.setTheme(theme);
      }
    });
    // The plants first: drawing land and sea takes a moment, and plants are what people came for.
    map.once("atlas:drawn", () => {
      setTimeout(() => {
        base = addBase(map, settings, container.dataset.theme);
      }, AFTER_PLANTS_MS);
    });
    map.on("atlas:select", (event) => tellPage({ plant: event.plant, click: event.click }));
    map.on("atlas:ready", () => tellPage({ ready: true }));
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

  /** The world is never a postage stamp: at the smallest zoom it fills the map's smaller side. */
  function keepWorldLarge(map) {
    const size = map.getSize();
    map.setMinZoom(Math.max(1, Math.ceil(Math.log2(Math.min(size.x, size.y) / 256))));
  }

  // ---- online layers ---------------------------------------------------------------------------

  /** Radio buttons: the embedded map alone, or an online layer above it. The embedded map stays below. */
  function addLayerControl(map, settings) {
    if (!settings.online.length) {
      return;
    }
    const choices = { [settings.embedded]: L.layerGroup().addTo(map) };
    for (const layer of settings.online) {
      const tiles = L.tileLayer(layer.url, { attribution: layer.attribution, maxZoom: 18, maxNativeZoom: layer.max_zoom });
      watchTiles(map, tiles, layer.name, settings.embedded);
      choices[layer.name] = tiles;
    }
    L.control.layers(choices, {}, { position: "topright" }).addTo(map);
    map.on("baselayerchange", (event) => {
      hideNotice(map);
      const chosen = settings.online.find((layer) => layer.name === event.name);
      map.getContainer().classList.toggle("atlas-online", Boolean(chosen && chosen.has_names));
      map.getContainer().classList.remove("atlas-online-failed");
    });
  }

  function watchTiles(map, tiles, name, embedded) {
    tiles.on("tileerror", () => {
      map.getContainer().classList.add("atlas-online-failed");
      showNotice(map, `${name}: no answer from the internet, so you see the ${embedded.toLowerCase()}.`);
    });
    tiles.on("tileload", () => {
      map.getContainer().classList.remove("atlas-online-failed");
      hideNotice(map);
    });
  }

  function showNotice(map, sentence) {
    const container = map.getContainer();
    let notice = container.querySelector(".atlas-notice");
    if (!notice) {
      notice = document.createElement("p");
      notice.className = "atlas-notice";
      notice.setAttribute("role", "status");
      container.append(notice);
    }
    notice.textContent = sentence;
  }

  function hideNotice(map) {
    map.getContainer().querySelectorAll(".atlas-notice").forEach((notice) => notice.remove());
  }

  // ---- legend ----------------------------------------------------------------------------------

  function addLegend(map, statuses) {
    const { shape, svgElement, textElement } = window.AtlasPlants;
    const legend = L.control({ position: "bottomleft" });
    legend.onAdd = () => {
      const box = L.DomUtil.create("ul", "atlas-legend");
      box.setAttribute("aria-label", "Legend");
      statuses.forEach((words, status) => {
        const row = document.createElement("li");
        const svg = svgElement("svg", { width: 16, height: 16, viewBox: "-12 -12 24 24", "aria-hidden": "true" });
        svg.setAttribute("class", "atlas-status-" + status);
        svg.append(shape(status));
        row.append(svg, textElement("span", words));
        box.append(row);
      });
      L.DomEvent.disableClickPropagation(box);
      return box;
    };
    legend.addTo(map);
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
    const [red, green, blue] = getComputedStyle(probe).color.match(/[\d.]+/g).map(Number);
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
      if (theme && theme.backgroundColor) {
        apply(isDark(theme.backgroundColor) ? "dark" : "light");
      }
    });
  }

  function tellPage(value) {
    if (window.Streamlit) {
      window.Streamlit.setComponentValue(value);
    }
  }

  window.AtlasMap = { start };
})();
