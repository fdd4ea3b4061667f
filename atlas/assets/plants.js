/* The plant layer: one code path for five plants, a million, and the offline file.
 *
 * Flow:  update(map, config)  ->  decode columns once per table version, the mask per filter
 *        draw(state)          ->  bin -> thin -> markers, labels, accuracy circles (after every move)
 *
 * Positions are Web Mercator fractions of one world, x and y in [0, 2^32), so that a pixel is one
 * multiplication away. At each zoom the masked points near the view fall into a grid that is anchored
 * to the world, not to the view: panning never regroups anything. Where two neighbouring cells would
 * touch, the fuller one takes the other in (see `thin`); so no two discs overlap, and there is
 * never more than one element per cell on the page, whatever the size of the table.
 *
 * Plant text arrives as JSON and leaves as text nodes and attributes; nothing here builds HTML.
 */
(function () {
  "use strict";

  const WORLD = 2 ** 32;
  const CELL_PX = 64;
  const CELL_PX_FEW = 16; // few plants: group only what would really touch
  const FEW = 300;
  const MARGIN_CELLS_PX = 768; // how far outside the view grouping is worked out, so that edges are stable
  const SINGLE_RADIUS_PX = 11;
  const MAX_LABELS = 20;
  const MAX_LISTED = 200;
  const MAX_STEP = 4; // zoom levels that one click on a group may jump
  const READY_AFTER_MS = 300; // let the browser paint before the page draws what waited for the map
  const PLANT_ZOOM = 9; // a plant opened by a link is shown with its region around it
  const SVG = "http://www.w3.org/2000/svg";
  const SHAPES = ["circle", "diamond", "square"]; // by status code; more statuses repeat them

  const states = new WeakMap();

  /** Draw what `config` says; called by the page after every change. See maps.py for its fields. */
  function update(map, config) {
    if (window.feature_group) {
      window.feature_group.length = 0; // streamlit-folium never forgets a group that it has removed
    }
    const isNew = !states.has(map);
    const state = isNew ? start(map) : states.get(map);
    if (state.version !== config.version) {
      readColumns(state, config);
    }
    state.config = config;
    state.rows = shownRows(config.mask, state.size);
    const previous = state.selected;
    state.selected = config.selected;
    moveView(state, isNew, previous);
    draw(state);
    describe(state);
    map.fire("atlas:drawn");
    if (config.announce && !state.announced) {
      state.announced = true;
      setTimeout(() => map.fire("atlas:ready"), READY_AFTER_MS);
    }
    return state;
  }

  function start(map) {
    const state = {
      map,
      version: null,
      size: 0,
      drawn: new Map(),
      selected: -1,
      fitted: null,
      markers: L.layerGroup().addTo(map),
      circles: L.layerGroup().addTo(map),
      labels: [],
      clicks: 0,
      list: null,
    };
    states.set(map, state);
    state.labelPane = map.createPane("atlas-plant-labels");
    state.labelPane.style.zIndex = 610;
    map.on("moveend", () => {
      draw(state);
      remember(state);
    });
    map.on("zoomanim", () => {
      state.zooming = true;
    });
    map.on("zoomend", () => {
      state.zooming = false;
    });
    map.on("click", () => closeList(state));
    map.on("zoomstart", () => {
      closeList(state);
      clearLabels(state);
    });
    return state;
  }

  // ---- columns and mask ------------------------------------------------------------------------

  function bytes(base64) {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  }

  /** Packed columns -> typed arrays: uint32 x and y per plant, then uint8 status. See points.py. */
  function readColumns(state, config) {
    const packed = bytes(config.points);
    state.version = config.version;
    state.size = config.size;
    state.x = new Uint32Array(packed.buffer, 0, config.size);
    state.y = new Uint32Array(packed.buffer, 4 * config.size, config.size);
    state.status = packed.subarray(8 * config.size, 9 * config.size);
    clearDrawn(state);
  }

  /** Row numbers that a bit mask (numpy.packbits order) shows; no mask shows all. */
  function shownRows(mask, size) {
    if (mask === null) {
      return Uint32Array.from({ length: size }, (_, row) => row);
    }
    const bits = bytes(mask);
    const rows = [];
    for (let row = 0; row < size; row++) {
      if (bits[row >> 3] & (128 >> (row & 7))) {
        rows.push(row);
      }
    }
    return Uint32Array.from(rows);
  }

  // ---- grouping --------------------------------------------------------------------------------

  function radius(count) {
    return count === 1 ? SINGLE_RADIUS_PX : Math.min(28, 15 + 2.2 * Math.log2(count));
  }

  /** World pixels at this zoom that the view (plus `margin`) covers. */
  function viewPixels(map, margin) {
    const bounds = map.getPixelBounds();
    return {
      left: bounds.min.x - margin,
      right: bounds.max.x + margin,
      top: bounds.min.y - margin,
      bottom: bounds.max.y + margin,
    };
  }

  /** The masked points of an area -> Map of cell key -> {count, x, y, statuses, rows' extent}. */
  function bin(state, area, zoom, cellPx) {
    const worldPx = 256 * 2 ** zoom;
    const scale = worldPx / WORLD;
    const cells = new Map();
    const firstCopy = Math.floor(area.left / worldPx);
    const lastCopy = Math.floor(area.right / worldPx);
    for (let copy = firstCopy; copy <= lastCopy; copy++) {
      const shift = copy * worldPx;
      for (const row of state.rows) {
        const x = state.x[row] * scale + shift;
        const y = state.y[row] * scale;
        if (x >= area.left && x <= area.right && y >= area.top && y <= area.bottom) {
          put(cells, state, row, x, y, cellPx);
        }
      }
    }
    return cells;
  }

  function put(cells, state, row, x, y, cellPx) {
    const column = Math.floor(x / cellPx);
    const line = Math.floor(y / cellPx);
    const key = column + ":" + line;
    let cell = cells.get(key);
    if (!cell) {
      cell = { key, column, line, count: 0, sumX: 0, sumY: 0, row, byStatus: [0, 0, 0] };
      cell.left = cell.right = x;
      cell.top = cell.bottom = y;
      cells.set(key, cell);
    }
    cell.count += 1;
    cell.sumX += x;
    cell.sumY += y;
    cell.left = Math.min(cell.left, x);
    cell.right = Math.max(cell.right, x);
    cell.top = Math.min(cell.top, y);
    cell.bottom = Math.max(cell.bottom, y);
    cell.byStatus[state.status[row]] += 1;
  }

  /** Cells -> groups, none of which touch: fuller cells first, each takes in the free ones it would touch.
   *
   * A group stays where its first cell's points are. The order depends on the cells alone, and a
   * decision on its neighbours within reach, so the result is the same from wherever one looks.
   */
  function thin(cells, cellPx) {
    for (const cell of cells.values()) {
      cell.x = cell.sumX / cell.count;
      cell.y = cell.sumY / cell.count;
    }
    const reach = Math.ceil((2 * radius(Infinity)) / cellPx);
    for (const cell of cells.values()) {
      cell.reachable = neighbours(cells, cell, reach);
      const around = cell.reachable.reduce((sum, other) => sum + other.count, cell.count);
      cell.room = cell.reachable.length ? radius(around) : radius(cell.count);
    }
    const groups = [];
    for (const cell of [...cells.values()].sort(byWeight)) {
      const host = nearest(cell, cell.reachable.filter((other) => other.isHost && touches(cell, other)));
      if (host) {
        absorb(host, cell);
      } else {
        cell.isHost = true;
        groups.push(cell);
      }
    }
    return groups;
  }

  function byWeight(a, b) {
    return b.count - a.count || a.line - b.line || a.column - b.column;
  }

  function neighbours(cells, cell, reach) {
    const found = [];
    for (let line = cell.line - reach; line <= cell.line + reach; line++) {
      for (let column = cell.column - reach; column <= cell.column + reach; column++) {
        const other = cells.get(column + ":" + line);
        if (other && other !== cell && distance(cell, other) < 2 * radius(Infinity)) {
          found.push(other);
        }
      }
    }
    return found;
  }

  function distance(a, b) {
    return Math.hypot(a.x - b.x, a.y - b.y);
  }

  function touches(a, b) {
    return distance(a, b) < a.room + b.room;
  }

  function nearest(cell, others) {
    return others.reduce((best, other) => (!best || distance(cell, other) < distance(cell, best) ? other : best), null);
  }

  function absorb(host, cell) {
    host.count += cell.count;
    host.byStatus = host.byStatus.map((count, status) => count + cell.byStatus[status]);
    host.left = Math.min(host.left, cell.left);
    host.right = Math.max(host.right, cell.right);
    host.top = Math.min(host.top, cell.top);
    host.bottom = Math.max(host.bottom, cell.bottom);
    host.taken = [...(host.taken || []), cell.key];
  }

  /** What to draw for the present view: groups whose centre is in or just outside it. */
  function groupsInView(state) {
    const map = state.map;
    const zoom = map.getZoom();
    const cellPx = state.rows.length <= FEW ? CELL_PX_FEW : CELL_PX;
    const groups = thin(bin(state, viewPixels(map, MARGIN_CELLS_PX), zoom, cellPx), cellPx);
    const view = viewPixels(map, CELL_PX);
    return groups.filter((g) => g.x >= view.left && g.x <= view.right && g.y >= view.top && g.y <= view.bottom);
  }

  // ---- drawing ---------------------------------------------------------------------------------

  function draw(state) {
    if (!state.config) {
      return;
    }
    const groups = groupsInView(state);
    const focused = document.activeElement && document.activeElement.dataset.plant;
    const kept = new Set();
    for (const group of groups) {
      const key = drawingKey(state, group);
      kept.add(key);
      if (!state.drawn.has(key)) {
        state.drawn.set(key, addMarker(state, group));
      }
    }
    for (const [key, marker] of state.drawn) {
      if (!kept.has(key)) {
        state.markers.removeLayer(marker);
        state.drawn.delete(key);
      }
    }
    state.groups = groups;
    if (focused && document.activeElement === document.body) {
      focusPlant(state, focused);
    }
    drawCircles(state, groups);
    drawLabels(state, groups);
  }

  /** A marker that was drawn anew keeps the keyboard's focus. */
  function focusPlant(state, id) {
    const elements = [...state.drawn.values()].map((marker) => marker.getElement());
    const element = elements.find((one) => one && one.dataset.plant === id);
    if (element) {
      element.focus({ preventScroll: true });
    }
  }

  /** Same key, same picture: then the element on the page stays untouched. */
  function drawingKey(state, group) {
    const chosen = group.count === 1 && group.row === state.selected;
    return [state.map.getZoom(), group.key, group.row, group.byStatus.join("/"), chosen].join("|");
  }

  function clearDrawn(state) {
    state.markers.clearLayers();
    state.circles.clearLayers();
    state.drawn.clear();
    clearLabels(state);
  }

  function position(state, group) {
    return state.map.unproject(L.point(group.x, group.y), state.map.getZoom());
  }

  function addMarker(state, group) {
    const isSingle = group.count === 1;
    const icon = isSingle ? plantIcon(state, group) : groupIcon(group);
    const marker = L.marker(position(state, group), {
      icon,
      keyboard: true,
      zIndexOffset: isSingle ? (group.row === state.selected ? 2000 : 1000) : 0,
      riseOnHover: true,
      bubblingMouseEvents: false,
    });
    const act = isSingle ? () => select(state, group.row) : () => openGroup(state, group);
    marker.on("click", act);
    marker.addTo(state.markers);
    const element = marker.getElement();
    element.setAttribute("role", "button");
    element.setAttribute("aria-label", isSingle ? plantLabel(state, group.row) : groupLabel(state, group));
    element.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        act();
      }
    });
    if (isSingle) {
      element.dataset.plant = state.config.ids[group.row];
      if (group.row === state.selected) {
        element.setAttribute("aria-current", "true");
      }
    }
    marker.bindTooltip(isSingle ? plantTip(state, group.row) : textElement("div", groupLabel(state, group)), {
      direction: "top",
      offset: [0, -radius(group.count)],
      className: "atlas-tip",
      opacity: 1,
    });
    return marker;
  }

  function plantIcon(state, group) {
    const status = state.status[group.row];
    const chosen = group.row === state.selected;
    const size = chosen ? 34 : 24;
    const svg = svgElement("svg", { width: size, height: size, viewBox: "-12 -12 24 24", "aria-hidden": "true" });
    svg.append(shape(status));
    return L.divIcon({
      html: svg,
      className: "atlas-plant atlas-status-" + status + (chosen ? " atlas-selected" : ""),
      iconSize: [size, size],
    });
  }

  /** One status, one shape: told apart without colour. */
  function shape(status) {
    const kind = SHAPES[status % SHAPES.length];
    if (kind === "circle") {
      return svgElement("circle", { r: 8, class: "atlas-shape" });
    }
    if (kind === "diamond") {
      return svgElement("path", { d: "M0-9.5 9.5 0 0 9.5-9.5 0Z", class: "atlas-shape" });
    }
    return svgElement("rect", { x: -7, y: -7, width: 14, height: 14, rx: 1.5, class: "atlas-shape" });
  }

  function groupIcon(group) {
    const r = radius(group.count);
    const size = 2 * r;
    const svg = svgElement("svg", { width: size, height: size, viewBox: `${-r} ${-r} ${size} ${size}`, "aria-hidden": "true" });
    svg.append(svgElement("circle", { r: r - 1, class: "atlas-disc" }));
    const ring = r - 3;
    const around = 2 * Math.PI * ring;
    let before = 0;
    group.byStatus.forEach((count, status) => {
      if (count) {
        const part = (count / group.count) * around;
        svg.append(
          svgElement("circle", {
            r: ring,
            class: "atlas-ring atlas-ring-" + status,
            "stroke-dasharray": `${part} ${around - part}`,
            "stroke-dashoffset": -before,
            transform: "rotate(-90)",
          })
        );
        before += part;
      }
    });
    const text = svgElement("text", { class: "atlas-count", dy: "0.35em" });
    text.textContent = shortCount(group.count);
    svg.append(text);
    return L.divIcon({ html: svg, className: "atlas-group", iconSize: [size, size] });
  }

  function shortCount(count) {
    if (count < 1000) {
      return String(count);
    }
    return count < 1e6 ? (count / 1e3).toFixed(count < 1e4 ? 1 : 0) + "k" : (count / 1e6).toFixed(1) + "M";
  }

  function drawCircles(state, groups) {
    state.circles.clearLayers();
    const singles = groups.filter((group) => group.count === 1);
    if (singles.length > MAX_LABELS) {
      return;
    }
    for (const group of singles) {
      const centre = position(state, group);
      const accuracy = state.config.accuracy_m[group.row];
      const metresPerPixel = (40075016.7 * Math.cos((centre.lat * Math.PI) / 180)) / (256 * 2 ** state.map.getZoom());
      if (accuracy && accuracy / metresPerPixel > 1.5 * SINGLE_RADIUS_PX) {
        L.circle(centre, {
          radius: accuracy,
          interactive: false,
          className: "atlas-accuracy atlas-status-" + state.status[group.row],
        }).addTo(state.circles);
      }
    }
  }

  // ---- labels ----------------------------------------------------------------------------------

  function clearLabels(state) {
    state.labels.forEach((label) => label.remove());
    state.labels = [];
  }

  /** Names beside single plants, up to twenty, where there is room on one of four sides. */
  function drawLabels(state, groups) {
    clearLabels(state);
    const singles = groups.filter((group) => group.count === 1);
    if (singles.length > MAX_LABELS) {
      return;
    }
    const taken = groups.map((group) => box(group.x, group.y, radius(group.count), radius(group.count)));
    const ordered = [...singles].sort((a, b) => (b.row === state.selected) - (a.row === state.selected) || a.row - b.row);
    for (const group of ordered) {
      const label = textElement("div", state.config.names[group.row]);
      label.className = "atlas-label" + (group.row === state.selected ? " atlas-label-selected" : "");
      label.setAttribute("aria-hidden", "true");
      state.labelPane.append(label);
      const place = freePlace(group, label.offsetWidth, label.offsetHeight, taken, viewPixels(state.map, 0));
      if (!place) {
        label.remove();
        continue;
      }
      taken.push(place);
      const corner = state.map.latLngToLayerPoint(
        state.map.unproject(L.point(place.left, place.top), state.map.getZoom())
      );
      L.DomUtil.setPosition(label, corner);
      state.labels.push(label);
    }
  }

  function box(x, y, halfWidth, halfHeight) {
    return { left: x - halfWidth, right: x + halfWidth, top: y - halfHeight, bottom: y + halfHeight };
  }

  function freePlace(group, width, height, taken, view) {
    const gap = SINGLE_RADIUS_PX + 5;
    const places = [
      box(group.x + gap + width / 2, group.y, width / 2, height / 2),
      box(group.x - gap - width / 2, group.y, width / 2, height / 2),
      box(group.x, group.y - gap - height / 2, width / 2, height / 2),
      box(group.x, group.y + gap + height / 2, width / 2, height / 2),
    ];
    const free = places.filter((place) => !taken.some((other) => overlap(place, other)));
    return free.find((place) => within(place, view)) || free[0];
  }

  function within(place, view) {
    return place.left >= view.left && place.right <= view.right && place.top >= view.top && place.bottom <= view.bottom;
  }

  function overlap(a, b) {
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  }

  // ---- words -----------------------------------------------------------------------------------

  function statusWords(state, row) {
    return state.config.statuses[state.status[row]];
  }

  function plantLabel(state, row) {
    return [state.config.names[row], state.config.places[row], statusWords(state, row)].filter(Boolean).join(", ");
  }

  function groupLabel(state, group) {
    const parts = group.byStatus
      .map((count, status) => (count ? `${count}: ${state.config.statuses[status]}` : ""))
      .filter(Boolean);
    return `${group.count} plants (${parts.join("; ")})`;
  }

  function plantTip(state, row) {
    const tip = document.createElement("div");
    tip.append(textElement("strong", state.config.names[row]));
    tip.append(textElement("div", state.config.places[row]));
    tip.append(textElement("div", statusWords(state, row)));
    return tip;
  }

  function textElement(tag, text) {
    const element = document.createElement(tag);
    element.dir = "auto";
    element.textContent = text;
    return element;
  }

  function svgElement(tag, attributes) {
    const element = document.createElementNS(SVG, tag);
    Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
    return element;
  }

  /** The map in words, for those who cannot see it. */
  function describe(state) {
    const container = state.map.getContainer();
    container.setAttribute("role", "region");
    container.setAttribute("aria-label", "Map. " + state.config.text);
    if (!state.live) {
      state.live = textElement("p", "");
      state.live.className = "atlas-unseen";
      state.live.setAttribute("aria-live", "polite");
      container.append(state.live);
    }
    if (state.live.textContent !== state.config.text) {
      state.live.textContent = state.config.text;
    }
  }

  // ---- acting ----------------------------------------------------------------------------------

  function select(state, row) {
    closeList(state);
    state.clicks += 1;
    const id = state.config.ids[row];
    state.map.fire("atlas:select", { plant: id, click: state.clicks });
  }

  function openGroup(state, group) {
    const map = state.map;
    const sameSpot = group.right - group.left < 1 && group.bottom - group.top < 1;
    if (sameSpot || map.getZoom() >= map.getMaxZoom()) {
      openList(state, group);
      return;
    }
    const bounds = L.latLngBounds(
      map.unproject(L.point(group.left, group.bottom), map.getZoom()),
      map.unproject(L.point(group.right, group.top), map.getZoom())
    );
    const wanted = map.getBoundsZoom(bounds, false, L.point(80, 80));
    const zoom = Math.min(wanted, map.getZoom() + MAX_STEP, map.getMaxZoom());
    map.setView(bounds.getCenter(), Math.max(zoom, map.getZoom() + 1), { animate: moves() });
  }

  /** Plants on one spot: a list to pick from, by mouse and by keyboard. */
  function openList(state, group) {
    closeList(state);
    state.opener = document.activeElement;
    const rows = rowsIn(state, group);
    const list = document.createElement("div");
    list.className = "atlas-list";
    list.setAttribute("role", "dialog");
    list.setAttribute("aria-label", rows.length + " plants at this place");
    rows.slice(0, MAX_LISTED).forEach((row) => list.append(listButton(state, row)));
    if (rows.length > MAX_LISTED) {
      list.append(textElement("p", `and ${rows.length - MAX_LISTED} more; use the filters to narrow down`));
    }
    list.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        closeList(state);
        state.opener.focus();
      }
    });
    L.DomEvent.disableClickPropagation(list);
    L.DomEvent.disableScrollPropagation(list);
    const point = state.map.latLngToContainerPoint(position(state, group));
    const size = state.map.getSize();
    list.style.left = Math.max(8, Math.min(point.x + 14, size.x - 268)) + "px";
    list.style.top = Math.max(8, Math.min(point.y - 20, size.y - 228)) + "px";
    state.map.getContainer().append(list);
    state.list = list;
    const first = list.querySelector("button");
    if (first) {
      first.focus();
    }
  }

  function listButton(state, row) {
    const button = document.createElement("button");
    button.type = "button";
    const svg = svgElement("svg", { width: 18, height: 18, viewBox: "-12 -12 24 24", "aria-hidden": "true" });
    svg.setAttribute("class", "atlas-status-" + state.status[row]);
    svg.append(shape(state.status[row]));
    button.append(svg, textElement("span", state.config.names[row]));
    button.addEventListener("click", () => select(state, row));
    return button;
  }

  function closeList(state) {
    if (state.list) {
      state.list.remove();
      state.list = null;
    }
  }

  function rowsIn(state, group) {
    const worldPx = 256 * 2 ** state.map.getZoom();
    const scale = worldPx / WORLD;
    const shift = Math.floor(group.x / worldPx) * worldPx;
    return [...state.rows].filter((row) => {
      const x = state.x[row] * scale + shift;
      const y = state.y[row] * scale;
      return x >= group.left && x <= group.right && y >= group.top && y <= group.bottom;
    });
  }

  // ---- the view --------------------------------------------------------------------------------

  function moves() {
    return !window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  function latLng(state, row) {
    return state.map.unproject(L.point((state.x[row] / WORLD) * 256, (state.y[row] / WORLD) * 256), 0);
  }

  /** A new filter result is fitted, a newly selected plant is brought into view, panning is left alone. */
  function moveView(state, isNew, previous) {
    if (state.zooming) {
      // Leaflet drops a change of view that comes while it zooms.
      state.map.once("zoomend", () => moveView(state, isNew, previous));
      return;
    }
    const { fit, selected } = state.config;
    const changed = state.fitted !== fit.key;
    state.fitted = fit.key;
    if (isNew && restore(state, fit.key)) {
      if (selected >= 0 && !state.map.getBounds().contains(latLng(state, selected))) {
        state.map.setView(latLng(state, selected), PLANT_ZOOM, { animate: false });
      }
    } else if (isNew && selected >= 0) {
      state.map.setView(latLng(state, selected), PLANT_ZOOM, { animate: false });
    } else if (changed && fit.bounds) {
      state.map.fitBounds(fit.bounds, { padding: [56, 56], maxZoom: PLANT_ZOOM, animate: !isNew && moves() });
    } else if (selected >= 0 && selected !== previous) {
      reveal(state, selected);
    }
  }

  /** Pan to a plant that is out of sight; zoom in when it is hidden in a group. */
  function reveal(state, row) {
    const target = latLng(state, row);
    const single = (state.groups || []).some((group) => group.count === 1 && group.row === row);
    const inView = state.map.getBounds().pad(-0.08).contains(target);
    if (single && inView) {
      return;
    }
    const zoom = single ? state.map.getZoom() : Math.max(state.map.getZoom(), PLANT_ZOOM);
    state.map.setView(target, zoom, { animate: moves() });
  }

  /** The view outlives a switch of pages, which throws the map away; it ends with the browser tab. */
  function remember(state) {
    const centre = state.map.getCenter();
    const view = { key: state.version + "|" + state.fitted, lat: centre.lat, lng: centre.lng, zoom: state.map.getZoom() };
    try {
      window.sessionStorage.setItem("atlas-view", JSON.stringify(view));
    } catch (error) {
      console.info("The view cannot be remembered:", error.message);
    }
  }

  function restore(state, fitKey) {
    try {
      const view = JSON.parse(window.sessionStorage.getItem("atlas-view"));
      if (!view || view.key !== state.version + "|" + fitKey) {
        return false;
      }
      state.map.setView([view.lat, view.lng], view.zoom, { animate: false });
      return true;
    } catch (error) {
      console.info("No remembered view:", error.message);
      return false;
    }
  }

  window.AtlasPlants = { update, states, shape, svgElement, textElement, bin, thin, radius };
})();
