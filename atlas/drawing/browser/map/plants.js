/* The plant layer: one code path for five plants, a million, and the offline file.
 *
 * Flow:  update(map, table, showing)   positions once per table version (table.js), a mask per filter
 *        draw(state)                   group (groups.js) -> marks (marks.js) -> labels (labels.js); after
 *                                      every move, from what is in the browser already
 *        names                         one small request for the single plants in view, when they are not known
 *
 * `table` is the same for all calls of a version: see table.js. `showing` changes with filters and clicks:
 *   mask       which plants are shown: bits as numpy.packbits makes them, as base64; null for all
 *   selected   number of the selected plant; -1 for none, or for one that is not shown
 *   fit        {key, bounds: [[south, west], [north, east]] or null}: the view is fitted when `key` changes;
 *              east may be beyond 180; `all` are the bounds of all shown plants, where those are others (`is_home`); with `is_first`, also where a plant is selected at the start
 *   pins       numbers of the shown plants that wear a pin; none on most pages
 *   text       the map in words
 *   lines      see lines.js; none on most pages
 *   legend     where a status can be chosen: {chosen: status codes, counts: how many plants each status has under
 *              the other filters, empty while none is chosen}
 *   year       {year, words, models: number of a plant -> its models then, ghosts: mask}: see year.js
 *
 * The map fires: atlas:table {statuses, counts, others, unsure, legend} when other plants are shown; atlas:drawn;
 * atlas:select {plant: its id, "" for none, click: a counter}; atlas:notice {subject, sentence; "" when it is over}.
 */
(() => {
  "use strict";

  const { gettext } = window.AtlasWords;
  const { plantLabel, plantTip, groupLabel, plantMark, groupMark, textElement } = window.AtlasMarks;

  const MAX_STEP = 4; // zoom levels that one click on a group may jump
  const NAMES_AFTER_MS = 50; // a map that is moved again meanwhile asks once
  /** @type {L.FitBoundsOptions} */
  const ROOM = { paddingTopLeft: [56, 56], paddingBottomRight: [56, 112] }; // the legend covers the lower edge
  const HOME_ZOOM = 7; // the first view shows the country around the plants
  const PLANT_ZOOM = 9; // a plant opened by a link is shown with its region around it

  const states = new WeakMap();

  /** Draw what `table` and `showing` say; called by the page after every change.
   *
   * @param {L.Map} map
   * @param {ToldTable} table
   * @param {Showing} showing
   */
  function update(map, table, showing) {
    if (window.feature_group) {
      window.feature_group.length = 0; // streamlit-folium never forgets a group that it has removed
    }
    if (!states.has(map)) {
      states.set(map, start(map));
    }
    const state = states.get(map);
    state.showing = showing;
    describe(state);
    if (state.wanted !== table.version) {
      changeTable(state, table);
    } else if (state.table) {
      show(state);
    }
    return state;
  }

  /** @param {L.Map} map */
  function start(map) {
    const state = {
      map,
      wanted: null, // version of the table that is to be drawn
      base: null, // its data, once they are here
      table: null, // the same, or as it was in a year
      mask: undefined,
      points: null, // the plants shown, as groups.js takes them
      grid: null,
      groups: [],
      marks: new Map(), // what is on the page, by key
      selected: -1,
      fitted: null, // which result the view was last fitted to
      revealed: -1, // which plant the view was last moved for
      isZooming: false,
      isLate: false, // something is to be shown when the zooming has ended
      isStale: false, // what is drawn is not what is to be shown
      clicks: 0,
      lastDrawMs: 0,
    };
    state.pane = map.createPane("atlas-plants");
    state.pane.style.zIndex = "600";
    state.labels = new window.AtlasLabels.Labels(map);
    state.list = new window.AtlasList.List(map, (row) => select(state, row));
    state.lines = new window.AtlasLines.Lines(map);
    state.year = new window.AtlasYear.Year(map);
    state.sight = new window.AtlasSight.Sight(map);
    state.overview = new window.AtlasOverview.Overview(map, {
      goHome: () => fitTo(state, state.showing.fit.bounds, true),
      showAll: () => fitTo(state, state.showing.fit.all || state.showing.fit.bounds, true),
    });
    state.tip = L.tooltip({ direction: "top", className: "atlas-tip", opacity: 1 });
    listen(state);
    return state;
  }

  function listen(state) {
    const { map } = state;
    map.on("zoomstart", () => {
      state.isZooming = true;
      state.list.close();
      closeTip(state);
      state.labels.hideNames();
    });
    map.on("zoomend", () => {
      state.isZooming = false;
      if (state.isLate) {
        show(state);
      }
    });
    map.on("moveend", () => {
      draw(state);
      if (state.fitted !== null) {
        state.sight.keep(state.fitted, state.revealed);
      }
    });
    map.on("zoomanim", (event) => glide(state, event));
    map.on("zoom", ({ pinch, flyTo }) => {
      if (pinch || flyTo) {
        state.marks.forEach((mark) => place(state, mark)); // in small steps; after any other zoom all is drawn
      }
    });
    map.on("click", () => state.list.close());
    map.getContainer().addEventListener("keydown", (event) => {
      if (event.key === "Escape" && state.selected >= 0 && !event.defaultPrevented) {
        state.clicks += 1;
        map.fire("atlas:select", { plant: "", click: state.clicks });
      }
    });
    listenToMarks(state);
  }

  // ---- what is shown -----------------------------------------------------------------------------

  function changeTable(state, told) {
    clear(state);
    Object.assign(state, { wanted: told.version, loading: null, table: null, points: null, grid: null });
    Object.assign(state, {
      base: null,
      toldYear: "",
      mask: undefined,
      selected: -1,
      revealed: -1,
      isLate: false,
    });
    const table = window.AtlasTable.read(told);
    if (table) {
      takeTable(state, table);
    } else {
      loadTable(state, told);
    }
  }

  async function loadTable(state, told) {
    const attempt = {}; // an answer to an older question is of no interest
    state.loading = attempt;
    const table = await window.AtlasTable.load(told, {
      isWanted: () => state.loading === attempt,
      onTrouble: () => say(state, "plants", gettext("The plants could not be loaded. The map keeps trying.")),
    });
    if (table) {
      takeTable(state, table);
    }
  }

  function takeTable(state, table) {
    Object.assign(state, { base: table, table });
    say(state, "plants", "");
    show(state);
  }

  /** Brings view and drawing to what `showing` says. */
  function show(state) {
    state.isLate = state.isZooming;
    if (state.isLate) {
      return; // Leaflet drops a change of view that comes while it zooms
    }
    const { mask, selected } = state.showing;
    const isOtherYear = changeYear(state);
    if (state.mask !== mask || isOtherYear) {
      state.mask = mask;
      state.points = window.AtlasGroups.pick(state.table.columns, mask);
      state.list.close();
    }
    announce(state, selected);
    state.selected = selected;
    state.isStale = true;
    tellLegend(state);
    state.lines.draw(state.table.columns, state.showing.lines || null);
    frame(state);
    if (state.isStale) {
      draw(state); // unless a change of view has done it
    }
    if (selected !== state.revealed) {
      reveal(state);
    }
    state.map.fire("atlas:drawn");
  }

  /** Draws plants as they were in the year of `showing`, or as they are; true where that is a change. */
  function changeYear(state) {
    const { year } = state.showing;
    const toldYear = year ? JSON.stringify(year) : "";
    if (toldYear === state.toldYear) {
      return false;
    }
    state.toldYear = toldYear;
    state.table = year ? window.AtlasYear.tableIn(state.base, year) : state.base;
    state.marks.forEach((mark) => removeMark(state, mark)); // they say what was true before
    state.marks.clear();
    return true;
  }

  /** What is shown, status by status, and how many plants of other years are pale spots. */
  function tellLegend(state) {
    const { status } = state.points;
    const { statuses, columns } = state.table;
    const counts = statuses.map(() => 0);
    for (let i = 0; i < state.points.size; i++) {
      counts[status[i]] += 1;
    }
    const unsure = countUnsure(columns, state.points);
    state.pane.classList.toggle("atlas-has-main", state.table.main !== null && counts[state.table.main] > 0);
    const others = state.year.draw(columns, state.showing.year || null, state.points);
    const legend = state.showing.legend || null;
    state.map.fire("atlas:table", { statuses, counts, others, unsure, legend });
  }

  /** How many of the shown plants have an unsure position.
   *
   * @param {PlantColumns} columns
   * @param {ShownPlants} points
   */
  function countUnsure({ unsure }, { size, rows }) {
    let count = 0;
    for (let i = 0; unsure && i < size; i++) {
      count += Number(unsure[rows ? rows[i] : i] > 0);
    }
    return count;
  }

  function say(state, subject, sentence) {
    state.map.fire("atlas:notice", { subject, sentence });
  }

  /** The map in words, for those who cannot see it. */
  function describe(state) {
    const container = state.map.getContainer();
    const { text } = state.showing;
    container.setAttribute("role", "region");
    container.setAttribute("aria-label", gettext("Map. {words}", { words: text }));
    if (!state.live) {
      state.live = textElement("p", "");
      state.live.className = "atlas-unseen";
      state.live.setAttribute("aria-live", "polite");
      container.append(state.live);
    }
    if (state.live.textContent !== text) {
      state.live.textContent = text;
    }
  }

  /** Says to those who cannot see it that another plant is the selected one; not at the start. */
  function announce(state, selected) {
    if (state.said === undefined) {
      state.said = textElement("p", "");
      state.said.className = "atlas-unseen";
      state.said.setAttribute("role", "log"); // read out, as what came last
      state.map.getContainer().append(state.said);
    } else if (selected !== state.selected) {
      const about = selected < 0 ? null : state.table.about(selected);
      state.said.textContent = about ? `Selected: ${about.name}` : "No plant is selected.";
    }
  }

  // ---- drawing -----------------------------------------------------------------------------------

  function draw(state) {
    if (!state.points || state.isZooming) {
      return;
    }
    const began = performance.now();
    const { min, max } = state.map.getPixelBounds();
    const view = { left: min.x, right: max.x, top: min.y, bottom: max.y };
    const { grid, groups } = window.AtlasGroups.group(state.points, state.map.getZoom(), view, state.grid);
    Object.assign(state, { grid, groups, isStale: false });
    drawMarks(state);
    state.labels.draw(state.table, groups, state.selected);
    state.overview.draw(state.points);
    state.lastDrawMs = performance.now() - began;
    askForNames(state);
  }

  /** Same key, same mark: then the element on the page stays as it is. */
  function drawMarks(state) {
    const before = state.marks;
    const holder = holderOf(state, state.selected);
    const pinned = new Set((state.showing.pins || []).map((row) => holderOf(state, row)));
    const focused = [...before.values()].find((mark) => mark.element === document.activeElement);
    const fresh = [];
    state.marks = new Map();
    for (const group of state.groups) {
      const key = [group.place, group.copy, group.row, ...group.kinds].join(" ");
      const mark = before.get(key) || newMark(state, group);
      if (!before.delete(key)) {
        fresh.push(mark.element);
      }
      mark.group = group;
      place(state, mark);
      wear(state, mark, state.selected >= 0 && group.host === holder, pinned.has(group.host));
      state.marks.set(key, mark);
    }
    before.forEach((mark) => removeMark(state, mark));
    state.pane.append(...fresh);
    if (focused && !focused.element.isConnected) {
      focusAgain(state, focused.group.row);
    }
  }

  function newMark(state, group) {
    if (group.count === 1) {
      const mark = { element: plantMark(state.table, group.row), group, isNamed: false };
      nameMark(state, mark);
      return mark;
    }
    const element = groupMark(state.table.statuses, group);
    element.setAttribute("aria-label", groupLabel(state.table, group, false));
    return { element, group };
  }

  /** What a single plant's mark says, and its id once that is known. */
  function nameMark(state, mark) {
    const { element, group } = mark;
    const about = state.table.about(group.row);
    element.setAttribute("aria-label", plantLabel(state.table, group.row, Boolean(mark.isPinned)));
    if (about) {
      element.dataset.plant = about.id;
      mark.isNamed = true;
    }
  }

  /** Marks the selected plant and pinned ones, or the groups that they are in. */
  function wear(state, mark, isChosen, isPinned) {
    if (Boolean(mark.isChosen) === isChosen && Boolean(mark.isPinned) === isPinned) {
      return;
    }
    const { element, group } = mark;
    Object.assign(mark, { isChosen, isPinned });
    element.classList.toggle("atlas-selected", isChosen);
    element.classList.toggle("atlas-pinned", isPinned);
    if (isPinned && !element.querySelector(".atlas-pin")) {
      const pin = document.createElement("i");
      pin.className = "atlas-pin";
      element.append(pin);
    } else if (!isPinned) {
      element.querySelector(".atlas-pin")?.remove();
    }
    if (group.count > 1) {
      element.setAttribute("aria-label", groupLabel(state.table, group, isChosen, isPinned));
      return;
    }
    element.setAttribute("aria-label", plantLabel(state.table, group.row, isPinned));
    if (isChosen) {
      element.setAttribute("aria-current", "true");
    } else {
      element.removeAttribute("aria-current");
    }
  }

  /** Marks are placed by left and top, so that `transform` is free for zooming and hovering. */
  function place(state, mark) {
    const { map } = state;
    mark.at = layerPoint(state, mark, map.getZoom(), map.getPixelOrigin());
    const { style } = mark.element;
    style.left = mark.at.x + "px";
    style.top = mark.at.y + "px";
    style.transform = "";
  }

  /** The map zooms: its marks go where they will be, at the pace of the map (see atlas.css). */
  function glide(state, { zoom, center }) {
    const origin = state.map._getNewPixelOrigin(center, zoom);
    state.marks.forEach((mark) => {
      const way = layerPoint(state, mark, zoom, origin).subtract(mark.at);
      mark.element.style.transform = `translate(${way.x}px, ${way.y}px)`;
    });
  }

  /** Where a mark is at a zoom that may be another than the one it was drawn for. */
  function layerPoint(state, { group }, zoom, origin) {
    const scale = 2 ** (zoom - state.grid.zoom);
    return L.point(group.x * scale, group.y * scale)
      .subtract(origin)
      .round();
  }

  function removeMark(state, mark) {
    mark.element.remove();
    if (state.tipOf === mark) {
      closeTip(state);
    }
  }

  function clear(state) {
    clearTimeout(state.asking);
    state.list.close();
    state.marks.forEach((mark) => removeMark(state, mark));
    state.marks.clear();
    state.groups = [];
    state.labels.clear();
    state.lines.draw(null, null);
  }

  /** The group that a plant is in, as in `group.host`; -1 where that is far out of view. */
  function holderOf(state, row) {
    const { x, y } = state.table.columns;
    return row < 0 ? -1 : window.AtlasGroups.holder(state.grid, x[row], y[row]);
  }

  /** The keyboard's focus goes on to what took the place of a mark, else to the map. */
  function focusAgain(state, row) {
    const holder = holderOf(state, row);
    const mark = [...state.marks.values()].find((one) => one.group.host === holder);
    const next = mark ? mark.element : state.map.getContainer();
    next.focus({ preventScroll: true });
  }

  // ---- names -------------------------------------------------------------------------------------

  /** One request for the single plants in view that have no name yet, once the map has come to rest. */
  function askForNames(state) {
    clearTimeout(state.asking);
    const nameless = [...state.marks.values()].filter((mark) => mark.isNamed === false);
    if (nameless.length) {
      state.asking = setTimeout(() => {
        // Without an answer the marks stay as they are; the next move asks again.
        whenKnown(
          state,
          nameless.map((mark) => mark.group.row),
          () => fillNames(state),
        );
      }, NAMES_AFTER_MS);
    }
  }

  function fillNames(state) {
    say(state, "names", "");
    state.marks.forEach((mark) => mark.isNamed === false && nameMark(state, mark));
    if (!state.isZooming) {
      state.labels.draw(state.table, state.groups, state.selected);
    }
    if (state.tipOf) {
      openTip(state, state.tipOf);
    }
  }

  /** Calls `act` when the names of these plants are there, if their table is still the one that is drawn. */
  function whenKnown(state, rows, act, onTrouble = () => {}) {
    const { table } = state;
    if (rows.every((row) => table.about(row))) {
      act();
      return;
    }
    const ifDrawn = (next) => () => state.table === table && next();
    table.know([...new Set(rows)]).then(ifDrawn(act), ifDrawn(onTrouble));
  }

  // ---- acting ------------------------------------------------------------------------------------

  /** One listener for all marks: some hundred of them come and go with every zoom. */
  function listenToMarks(state) {
    const on = (types, act) => {
      for (const type of types.split(" ")) {
        state.pane.addEventListener(type, (event) => {
          const mark = [...state.marks.values()].find((one) => one.element === event.target);
          if (mark) {
            act(mark, event);
          }
        });
      }
    };
    on("click", (mark, event) => {
      event.stopPropagation(); // the map would take it for a click on itself
      const isDrag = event.detail > 0 && state.map.dragging.moved();
      if (!isDrag) {
        actOn(state, mark);
      }
    });
    on("dblclick", (_mark, event) => event.stopPropagation());
    on("keydown", (mark, event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        actOn(state, mark);
      }
    });
    on("mouseover", (mark) => openTip(state, mark));
    on("focusin", (mark) => mark.element.matches(":focus-visible") && openTip(state, mark));
    on("mouseout focusout", () => closeTip(state));
  }

  function actOn(state, { element, group }) {
    if (group.count === 1) {
      select(state, group.row);
    } else {
      openGroup(state, group, element);
    }
  }

  function select(state, row) {
    state.list.close();
    state.clicks += 1;
    const click = state.clicks;
    const isLast = (act) => () => state.clicks === click && act();
    say(state, "names", "");
    whenKnown(
      state,
      [row],
      isLast(() => state.map.fire("atlas:select", { plant: state.table.about(row).id, click })),
      isLast(() => say(state, "names", gettext("The names could not be loaded. Try again in a moment."))),
    );
  }

  function openTip(state, mark) {
    const { group } = mark;
    const { map, table, tip } = state;
    state.tipOf = mark;
    tip.options.offset = [0, -window.AtlasGroups.radius(group.count)];
    tip.setContent(
      group.count === 1
        ? plantTip(table, group.row)
        : textElement("div", groupLabel(table, group, mark.isChosen)),
    );
    tip.setLatLng(map.unproject([group.x, group.y], state.grid.zoom)).addTo(map);
  }

  function closeTip(state) {
    state.tipOf = null;
    state.tip.remove();
  }

  /** Goes nearer to the plants of a group; lists them where that would not take them apart. */
  function openGroup(state, group, opener) {
    const { map } = state;
    const zoom = map.getZoom();
    const rows = window.AtlasGroups.members(state.grid, group.host);
    const { left, right, top, bottom } = extentOf(state, group, rows);
    const largest = Math.max(right - left, bottom - top) * 2 ** (map.getMaxZoom() - zoom);
    if (largest < 2 * window.AtlasGroups.radius(1) || zoom >= map.getMaxZoom()) {
      const point = L.point(group.x, group.y).subtract(map.getPixelBounds().min);
      state.list.open(state.table, rows, point, opener);
      whenKnown(
        state,
        state.list.rows,
        () => state.list.fill(),
        () => say(state, "names", gettext("The names could not be loaded. Try again in a moment.")),
      );
      return;
    }
    const bounds = L.latLngBounds(map.unproject([left, bottom], zoom), map.unproject([right, top], zoom));
    const wanted = Math.min(
      map.getBoundsZoom(bounds, false, L.point(80, 80)),
      zoom + MAX_STEP,
      map.getMaxZoom(),
    );
    map.setView(bounds.getCenter(), Math.max(wanted, zoom + 1), { animate: moves() });
  }

  /** The world pixels that plants cover, on the copy of the world that their group is on. */
  function extentOf(state, group, rows) {
    const { x, y } = state.table.columns;
    const { zoom, worldPx } = state.grid;
    const px = 2 ** (zoom - 24);
    const extent = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
    for (const row of rows) {
      const copy = Math.round((group.x - x[row] * px) / worldPx);
      extent.left = Math.min(extent.left, x[row] * px + copy * worldPx);
      extent.right = Math.max(extent.right, x[row] * px + copy * worldPx);
      extent.top = Math.min(extent.top, y[row] * px);
      extent.bottom = Math.max(extent.bottom, y[row] * px);
    }
    return extent;
  }

  // ---- the view ----------------------------------------------------------------------------------

  function moves() {
    return !window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  /** Moves the view where a new result is; at the start where the visitor was before, or to the link's plant. */
  function frame(state) {
    const { fit, selected } = state.showing;
    const key = state.table.version + "|" + fit.key;
    if (state.fitted === key) {
      return;
    }
    const isFirst = state.fitted === null;
    state.fitted = key;
    if (isFirst && restore(state)) {
      return;
    }
    state.revealed = selected;
    if (isFirst && selected >= 0 && !fit.is_first) {
      state.map.setView(latLng(state, selected), openZoom(state, selected), { animate: false });
    } else {
      fitTo(state, fit.bounds, !isFirst);
    }
  }

  function fitTo(state, bounds, isMove) {
    const { map } = state;
    state.sight.forget();
    if (bounds) {
      const room = L.point(112, 168); // both paddings of ROOM
      const wanted = Math.max(1, map.getBoundsZoom(bounds, false, room));
      if (wanted < map.getMinZoom()) {
        map.setMinZoom(wanted); // plants all over the world must fit
      }
      const maxZoom =
        state.showing.fit.is_home && bounds === state.showing.fit.bounds ? HOME_ZOOM : PLANT_ZOOM;
      // A flight tells where a far view lies; one that overlaps stands at once, with its plants.
      const isFar = isMove && !map.getBounds().intersects(bounds);
      map.fitBounds(bounds, { ...ROOM, maxZoom, animate: isFar && moves() });
    }
  }

  /** A plant selected elsewhere: pan to it when it is out of sight, zoom in when it is hidden in a group. */
  function reveal(state) {
    const { map, selected } = state;
    state.revealed = selected;
    if (selected < 0) {
      return;
    }
    const place = latLng(state, selected);
    const isAlone = state.groups.some((group) => group.count === 1 && group.row === selected);
    const zoom = isAlone ? map.getZoom() : openZoom(state, selected);
    if (zoom !== map.getZoom() || !map.getBounds().pad(-0.08).contains(place)) {
      map.setView(place, zoom, { animate: moves() });
    }
  }

  /** As near as needed for a plant to stand alone, and not farther than the map is. */
  function openZoom(state, row) {
    const { map, points, table } = state;
    const { x, y } = table.columns;
    const from = Math.max(PLANT_ZOOM, map.getZoom());
    return window.AtlasGroups.openZoom(points, x[row], y[row], map.getSize(), from, map.getMaxZoom());
  }

  /** Where a plant is, on the copy of the world that is nearest to the view. */
  function latLng(state, row) {
    const { map, table } = state;
    const { x, y } = table.columns;
    const { lat, lng } = map.unproject(L.point(x[row], y[row]).divideBy(2 ** 24), 0);
    return L.latLng(lat, lng + 360 * Math.round((map.getCenter().lng - lng) / 360));
  }

  /** Goes where the visitor was, or where the address leads; false where neither says so. */
  function restore(state) {
    const view = state.sight.first(state.fitted);
    if (!view) {
      return false;
    }
    state.map.setView([view.lat, view.lng], view.zoom, { animate: false });
    if (!view.isAsked && window.AtlasOverview.outside(state.map, state.points) === state.points.size) {
      return false; // lost at sea
    }
    state.revealed = view.plant ?? state.showing.selected;
    return true;
  }

  window.AtlasPlants = { update, states };
})();
