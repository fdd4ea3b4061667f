/* The page of an offline file: takes the parts out and ties map, search, card and list together.
 *
 * atlas/export/offline_map.py writes the file. `atlas-settings` holds:
 *   version, text       of the plants in the file: a hash; the map in words
 *   plants, placed      how many; the first `placed` of them have a position and stand on the map
 *   statuses            as in table.js
 *   category_of         status -> its number among them, in tables that are not about Alfa Romeos
 *   columns             [{name, label, kind, if_empty}] of the rows, see columns.py
 *   shown_elsewhere     names of columns that have no line of their own on a card, see cards.py
 *   certainties         words for the values of the column position_certainty
 *   has_wrong           whether some state a point that cannot be right
 *   not_stated          words for an empty cell
 *   table, search       names of the columns that the list shows and that the search looks through
 *   bounds, selected    as in plants.js, for the start
 *   highlight, embedded as in folium_map.py
 * Parts are <script type="text/plain" data-part="name"> with gzipped content in base64: "points" (as in
 * table.js), "column/0", … (JSON, one value a row), "cards" (JSON, HTML from the server's templates, for
 * tables about Alfa Romeos only), "basemap/…". A part is unpacked when it is first asked for.
 *
 * Text of plants is only ever set as text.
 */
(() => {
  "use strict";

  const ROWS_A_STEP = 100;
  const SEARCH_AFTER_MS = 150;
  const { gettext, ngettext, number } = window.AtlasWords;

  const settings = JSON.parse(byId("atlas-settings").textContent);
  window.AtlasWords.use(settings.words);
  const NOT_STATED = settings.not_stated;
  const CERTAINTY = "position_certainty"; // the column that says how far to trust a looked-up position
  const SHOWN_ELSEWHERE = new Set(settings.shown_elsewhere);
  const unpacked = new Map();
  const page = { map: null, told: null, rows: null, selected: -1, listed: 0, words: "" };

  /**
   * @param {string} id
   * @returns {HTMLElement}
   */
  function byId(id) {
    return document.getElementById(id);
  }

  // ---- parts -----------------------------------------------------------------------------------

  /** The content of a part as a Response; null where the file has no such part. */
  function part(name) {
    const element = document.querySelector(`script[data-part="${name}"]`);
    if (!element) {
      return null;
    }
    const stream = new Blob([window.AtlasGroups.bytes(element.textContent)]).stream();
    return new Response(stream.pipeThrough(new DecompressionStream("gzip")));
  }

  /** The parsed JSON of a part, unpacked once. */
  function json(name) {
    if (!unpacked.has(name)) {
      const found = part(name);
      unpacked.set(name, found ? found.json() : Promise.resolve(null));
    }
    return unpacked.get(name);
  }

  /** A column's values by its name; null for a column that the table does not have. */
  function column(name) {
    const number = settings.columns.findIndex((one) => one.name === name);
    return number < 0 ? Promise.resolve(null) : json(`column/${number}`);
  }

  async function columnsNamed(names) {
    const values = await Promise.all(names.map(column));
    return Object.fromEntries(names.map((name, i) => [name, values[i]]));
  }

  // ---- start -----------------------------------------------------------------------------------

  async function start() {
    followTheme((theme) => (document.documentElement.dataset.theme = theme));
    if (!window.DecompressionStream) {
      byId("atlas-trouble").textContent = gettext(
        "This browser is too old for the offline map. Open the file with a newer one.",
      );
      return;
    }
    startMap();
    byId("atlas-search").addEventListener("input", afterAWhile(search));
    byId("atlas-more").addEventListener("click", listMore);
    const names = ["plant_id", "name", "town", "country", "accuracy_m", CERTAINTY];
    const [packed, known] = await Promise.all([part("points").arrayBuffer(), columnsNamed(names)]);
    page.told = {
      version: settings.version,
      size: settings.placed,
      statuses: settings.statuses,
      packed,
      lookup: (row) => about(known, row),
    };
    page.ids = known.plant_id;
    showAll();
    await select(settings.selected);
  }

  function startMap() {
    const { embedded, highlight, statuses, words } = settings;
    const map = L.map("atlas-map", { maxZoom: 18, minZoom: 1, worldCopyJump: true, maxBoundsViscosity: 1 });
    page.map = map.setView([25, 5], 2);
    const load = (name) => json("basemap/" + name);
    window.AtlasMap.start(map, { embedded, words, highlight, statuses, online: [], load, followTheme });
    map.on("atlas:select", (/** @type {SelectEvent} */ { plant }) => select(page.ids.indexOf(plant)));
  }

  /**
   * @param {Record<string, any>} columns
   * @param {number} row
   */
  function about({ plant_id, name, town, country, accuracy_m, [CERTAINTY]: certainty }, row) {
    const place = [town?.[row], country?.[row]].filter(Boolean).join(", ");
    const doubt = settings.certainties[certainty?.[row]] || "";
    return {
      id: plant_id[row],
      name: name[row],
      place,
      accuracy: accuracy_m ? accuracy_m[row] : null,
      doubt,
    };
  }

  // ---- theme -----------------------------------------------------------------------------------

  const themes = { followers: [], now: null };

  /** Calls `apply` with "light" or "dark", now and whenever it changes: as the system has it until one chooses. */
  function followTheme(apply) {
    if (!themes.now) {
      startTheme();
    }
    themes.followers.push(apply);
    apply(themes.now);
  }

  function startTheme() {
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    const button = byId("atlas-theme");
    const wear = (theme) => {
      themes.now = theme;
      const isDark = theme === "dark";
      button.textContent = isDark ? gettext("Light") : gettext("Dark");
      const words = isDark ? gettext("Switch to light colours") : gettext("Switch to dark colours");
      button.setAttribute("aria-label", words);
      themes.followers.forEach((apply) => apply(theme));
    };
    let isChosen = false;
    dark.addEventListener("change", () => isChosen || wear(dark.matches ? "dark" : "light"));
    button.addEventListener("click", () => {
      isChosen = true;
      wear(themes.now === "dark" ? "light" : "dark");
    });
    wear(dark.matches ? "dark" : "light");
  }

  // ---- what is shown ---------------------------------------------------------------------------

  function showAll() {
    page.rows = null;
    page.words = ngettext("{number} plant", "{number} plants", settings.plants);
    show({ key: "", bounds: settings.bounds }, settings.text);
  }

  /** Map and list show `page.rows`: numbers of plants, ascending; null for all. */
  function show(fit, text) {
    const { map, told, rows, selected } = page;
    const isShown = rows === null || rows.includes(selected);
    page.showing = { mask: rows && maskOf(rows), selected: -1, fit, text };
    page.showing.selected = isShown && selected < settings.placed ? selected : -1;
    window.AtlasPlants.update(map, told, page.showing);
    byId("atlas-found").textContent = page.words;
    const all = rows || { length: settings.plants };
    const unplaced = rows
      ? rows.filter((row) => row >= settings.placed).length
      : all.length - settings.placed;
    byId("atlas-unplaced").textContent = unplaced ? unplacedInWords(number(unplaced)) : "";
    list();
  }

  function unplacedInWords(plants) {
    return settings.has_wrong
      ? gettext("In the list, not on the map, as their position is not known or cannot be right: {plants}.", {
          plants,
        })
      : gettext("In the list, not on the map, as their position is not known: {plants}.", { plants });
  }

  /** Bits as numpy.packbits makes them, in base64. */
  function maskOf(rows) {
    const bits = new Uint8Array(Math.ceil(settings.placed / 8));
    for (const row of rows) {
      if (row < settings.placed) {
        bits[row >> 3] |= 128 >> (row & 7);
      }
    }
    let letters = "";
    for (let i = 0; i < bits.length; i += 8192) {
      letters += String.fromCharCode(...bits.subarray(i, i + 8192));
    }
    return btoa(letters);
  }

  async function select(row) {
    page.selected = row;
    markRow();
    if (page.showing) {
      const isShown = page.rows === null || page.rows.includes(row);
      page.showing = { ...page.showing, selected: isShown && row < settings.placed ? row : -1 };
      window.AtlasPlants.update(page.map, page.told, page.showing);
    }
    const card = await cardOf(row);
    if (page.selected === row) {
      byId("atlas-card").replaceChildren(card);
      byId("atlas-card").scrollTop = 0;
    }
  }

  // ---- search ----------------------------------------------------------------------------------

  function fold(text) {
    return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  }

  /** One folded text per plant, made when somebody searches first. */
  async function searchedText() {
    if (!page.text) {
      const found = Object.values(await columnsNamed(settings.search)).filter(Boolean);
      page.text = Array.from({ length: settings.plants }, (_, row) =>
        fold(found.map((values) => values[row] ?? "").join("\n")),
      );
    }
    return page.text;
  }

  function searchWords() {
    return /** @type {HTMLInputElement} */ (byId("atlas-search")).value.trim();
  }

  async function search() {
    const typed = searchWords();
    const text = await searchedText();
    if (typed !== searchWords() || !page.told) {
      return; // somebody types on
    }
    if (!typed) {
      showAll();
      return;
    }
    const words = fold(typed).split(/\s+/);
    page.rows = [...text.keys()].filter((row) => words.every((word) => text[row].includes(word)));
    const count = page.rows.length;
    const told = { plants: number(count), all: number(settings.plants), text: typed };
    page.words = count
      ? gettext("{plants} of {all} plants matching “{text}”", told)
      : gettext("None of {all} plants matching “{text}”", told);
    show(
      { key: typed, bounds: boundsOf(page.rows.filter((row) => row < settings.placed)) },
      page.words + ".",
    );
  }

  function boundsOf(rows) {
    if (!rows.length) {
      return null;
    }
    const columns = new Uint32Array(page.told.packed, 0, 2 * settings.placed);
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    for (const row of rows) {
      const [x, y] = [columns[row], columns[settings.placed + row]];
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x);
      box[3] = Math.max(box[3], y);
    }
    const corner = (x, y) => page.map.unproject(L.point(x, y).divideBy(2 ** 24), 0);
    const [southWest, northEast] = [corner(box[0], box[3]), corner(box[2], box[1])];
    return [
      [southWest.lat, southWest.lng],
      [northEast.lat, northEast.lng],
    ];
  }

  function afterAWhile(act) {
    let timer = 0;
    return () => {
      clearTimeout(timer);
      timer = setTimeout(act, SEARCH_AFTER_MS);
    };
  }

  // ---- the list --------------------------------------------------------------------------------

  const told = (name) => settings.columns.find((one) => one.name === name);

  async function list() {
    page.listed = 0;
    const body = document.createElement("tbody");
    const values = await columnsNamed(settings.table);
    byId("atlas-table").replaceChildren(listHead(), body);
    page.values = values;
    listMore();
  }

  function listHead() {
    const head = document.createElement("thead");
    const row = head.insertRow();
    for (const name of settings.table) {
      const cell = textElement("th", told(name).label);
      cell.scope = "col";
      cell.className = isNumber(told(name)) ? "atlas-number" : "";
      row.append(cell);
    }
    return head;
  }

  function listMore() {
    const total = page.rows ? page.rows.length : settings.plants;
    const body = /** @type {HTMLTableElement} */ (byId("atlas-table")).tBodies[0];
    const until = Math.min(page.listed + ROWS_A_STEP, total);
    for (; page.listed < until; page.listed++) {
      body.append(listRow(page.rows ? page.rows[page.listed] : page.listed));
    }
    const more = byId("atlas-more");
    more.hidden = until === total;
    more.textContent = gettext("Show more ({shown} of {plants})", {
      shown: number(until),
      plants: number(total),
    });
    markRow();
  }

  function listRow(plant) {
    const row = document.createElement("tr");
    row.dataset.row = plant;
    for (const name of settings.table) {
      const cell = row.insertCell();
      const words = asText(told(name), page.values[name][plant]);
      cell.dir = "auto";
      cell.className = isNumber(told(name)) ? "atlas-number" : "";
      cell.append(name === "name" ? pickButton(words, plant) : words);
    }
    return row;
  }

  function pickButton(words, plant) {
    const button = textElement("button", words);
    button.type = "button";
    button.addEventListener("click", async () => {
      await select(plant);
      byId("atlas-card").scrollIntoView({ block: "nearest" });
      byId("atlas-card").focus({ preventScroll: true });
    });
    return button;
  }

  function markRow() {
    /** @type {NodeListOf<HTMLTableRowElement>} */
    const rows = byId("atlas-table").querySelectorAll("tr[data-row]");
    for (const row of rows) {
      row.setAttribute("aria-selected", String(Number(row.dataset.row) === page.selected));
    }
  }

  // ---- the card --------------------------------------------------------------------------------

  async function cardOf(row) {
    if (row < 0) {
      return classed(
        textElement("p", gettext("Click a plant on the map, or choose one in the list below.")),
        "atlas-lead",
      );
    }
    const ready = await json("cards");
    if (ready) {
      const template = document.createElement("template");
      template.innerHTML = ready[row]; // the server's own template, which escapes what it is given
      return template.content;
    }
    const names = settings.columns.map((one) => one.name);
    const values = await columnsNamed(names);
    return anyCard(Object.fromEntries(names.map((name) => [name, values[name][row]])));
  }

  /** The card of a plant of any table: every cell that is filled, as `any_card` in cards.py. */
  function anyCard(plant) {
    const card = classed(document.createElement("article"), "atlas-card");
    const category = new Map(Object.entries(settings.category_of)).get(plant.status || "");
    const words = plant.status || (settings.statuses.length ? NOT_STATED : "");
    if (words) {
      const line = classed(document.createElement("p"), "atlas-status");
      if (category !== undefined) {
        line.append(classed(document.createElement("i"), `atlas-mark atlas-mark-${category}`));
      }
      line.append(textElement("span", words));
      card.append(line);
    }
    card.append(textElement("h2", plant.name));
    if (plant.official_name && plant.official_name !== plant.name) {
      card.append(classed(textElement("div", plant.official_name), "atlas-second"));
    }
    if (plant.role) {
      card.append(classed(textElement("div", plant.role), "atlas-role"));
    }
    const facts = classed(document.createElement("div"), "atlas-facts");
    facts.append(...factsOf(plant).map(([term, text]) => factLine(term, text)));
    card.append(facts);
    if (/^https?:\/\//.test(plant.wikipedia_url || "")) {
      card.append(outsideLink(plant.wikipedia_url, gettext("Wikipedia article")));
    }
    return card;
  }

  function factsOf(plant) {
    const known = settings.columns.filter(
      (one) => !SHOWN_ELSEWHERE.has(one.name) && !isEmpty(plant[one.name]),
    );
    const parts = ["town", "region", "country"].filter((name) => plant[name]);
    const place = parts.map((name) => plant[name]).join(", ");
    return [
      ...(place ? [[settings.columns.find((one) => one.name === parts[0]).label, place]] : []),
      [gettext("Location"), location(plant)],
      ...known.map((one) => [one.label, asText(one, plant[one.name])]),
    ];
  }

  function factLine(term, text) {
    const line = document.createElement("div");
    const value = document.createElement("div");
    value.append(textElement("span", text));
    line.append(textElement("b", term), value);
    return line;
  }

  function outsideLink(url, words) {
    const line = document.createElement("p");
    const link = textElement("a", words);
    Object.assign(link, { href: url, target: "_blank", rel: "noopener noreferrer" });
    line.append(link);
    return line;
  }

  // ---- words -----------------------------------------------------------------------------------

  /** Position and how sure it is, as `location` in facts.py. */
  function location({ latitude, longitude, accuracy_m, geocoder, [CERTAINTY]: certainty }) {
    if (isEmpty(latitude) || isEmpty(longitude)) {
      return gettext("not located");
    }
    const how = geocoder ? ` (${geocoder})` : "";
    const km = accuracy_m / 1000;
    const inKm = number(km >= 100 ? Math.round(km) : km);
    const length = km >= 1 ? `${inKm} km` : `${Math.round(accuracy_m)} m`;
    const sure = isEmpty(accuracy_m)
      ? gettext("accuracy not stated")
      : gettext("within about {length}", { length });
    const doubt = settings.certainties[certainty] ? `${settings.certainties[certainty]}: ` : "";
    return `${latitude.toFixed(4)}, ${longitude.toFixed(4)}, ${doubt}${sure}${how}`;
  }

  /** One cell for a person, as `as_text` in columns.py. */
  function asText({ kind, if_empty }, value) {
    if (isEmpty(value)) {
      return if_empty;
    }
    if (typeof value !== "number") {
      return String(value);
    }
    const ways = {
      year: () => value.toFixed(0),
      number: () => value.toLocaleString(settings.words.language, { maximumFractionDigits: 0 }),
      amount: () =>
        value.toLocaleString(
          settings.words.language,
          Number.isInteger(value) ? {} : { maximumSignificantDigits: 10 },
        ),
      degrees: () => value.toFixed(4),
    };
    return (ways[kind] || (() => String(value)))();
  }

  function isNumber({ kind }) {
    return ["year", "number", "amount", "plain", "degrees"].includes(kind);
  }

  function isEmpty(value) {
    return value === null || value === undefined || value === "";
  }

  function textElement(tag, text) {
    return window.AtlasMarks.textElement(tag, text);
  }

  function classed(element, name) {
    element.className = name;
    return element;
  }

  // For tests: which parts were unpacked so far, and the map.
  window.atlasOffline = { unpacked: () => [...unpacked.keys()], map: () => page.map };

  start().catch((error) => {
    byId("atlas-trouble").textContent = gettext(
      "The map could not be opened: {error}. The file may be damaged.",
      { error: error.message },
    );
  });
})();
