/* The embedded base map: an atlas drawn by the browser from our own small files, with no other host.
 *
 *   const base = AtlasBasemap.create({url: "../../assets/basemap/<version>/", theme: "light"});
 *   base.addTo(map);  base.setTheme("dark");  base.setHighlight(["IT", "MX"]);  await base.ready;
 *
 * How it flows:
 *   Files    fetches the names of world.json once, the coarse land (world-land.json) when it is drawn,
 *            and the finer cells (tiles/5/x/y.json) only when somebody draws there at zoom 6 or more; small
 *            towns and districts (x/y-close.json) at zoom 9 or more. What has arrived stays; what failed
 *            is asked again on the next move.
 *            With `load` a page brings the files itself: load(name) -> promise of the parsed file, or of
 *            null for a cell that it does not have and that is drawn from the coarse world.
 *   decode   turns a file into typed arrays: lines and rings with their bounding boxes.
 *   Land     a grid layer of canvas tiles: sea, shore glow, land, lakes, borders. A tile whose cell has
 *            not arrived is drawn from the coarse world and drawn again when it has.
 *   Names    a second grid layer, in a pane of its own below the markers: towns, countries, seas.
 *            Which name shows from which zoom, and on which side of its dot, was decided when the data
 *            was built (data/build/names.py), free of overlaps. So drawing is all there is to do here, names
 *            cross tile edges without a seam, and nothing jumps or flickers while panning.
 *   Basemap  the layer that a page adds to its map: both grids, attribution, theme, highlight.
 *
 * Coordinates: a file counts in whole units (`grid` units around the world, or `extent` units a cell).
 * Drawing maps them to pixels of a tile with x * scale + dx; one tile is 512 px wide.
 */
(() => {
  "use strict";

  const LONG_NAME = 14; // letters; a longer name is written in two lines
  const TILE = 512;
  const NAME_REACH = 260; // px that a name may reach out of the tile or cell of its dot
  const WORLD_MAX_ZOOM = 5; // up to here the coarse world is all that is needed
  const CLOSE_ZOOM = 9; // from here on a cell's second part is drawn; basemap_parts.py cuts there
  const FONT = '"Helvetica Neue", Helvetica, Arial, "Liberation Sans", "Segoe UI", Roboto, sans-serif';
  const SERIF = 'Georgia, "Times New Roman", "Liberation Serif", serif';
  const ATTRIBUTION =
    '<a href="https://www.naturalearthdata.com/" target="_blank" rel="noopener">Natural Earth</a> · ' +
    '<a href="https://www.geonames.org/" target="_blank" rel="noopener">GeoNames</a> (CC BY 4.0)';

  const THEMES = {
    light: {
      sea: "#cfdde3",
      glow: ["rgba(226,236,239,0.55)", "rgba(232,240,242,0.75)"],
      graticule: "rgba(255,255,255,0.34)",
      land: "#f6f2e8",
      highlight: "#fbeed2",
      lake: "#cfdde3",
      shore: "#a3bac4",
      coast: "#8aa5b1",
      border: "#b3a68f",
      borderCase: "rgba(170,152,118,0.14)",
      grid: "rgba(150,136,108,0.13)",
      region: "rgba(160,146,120,0.50)",
      province: "rgba(160,146,120,0.26)",
      halo: "rgba(250,247,240,0.88)",
      country: "#6e614c",
      seaName: "#4f788c",
      town: ["#3c372f", "#454037", "#504a40", "#5c564b", "#686155"],
      dot: "#4a443a",
      dotFill: "#fffdf8",
    },
    dark: {
      sea: "#14202a",
      glow: ["rgba(34,52,65,0.50)", "rgba(44,64,78,0.55)"],
      graticule: "rgba(140,170,190,0.09)",
      land: "#262c30",
      highlight: "#37332b",
      lake: "#172630",
      shore: "#3a4f5c",
      coast: "#4d6675",
      border: "#6a7170",
      borderCase: "rgba(0,0,0,0.16)",
      grid: "rgba(180,190,190,0.06)",
      region: "rgba(150,158,155,0.28)",
      province: "rgba(150,158,155,0.14)",
      halo: "rgba(24,29,33,0.88)",
      country: "#a39c8d",
      seaName: "#6c90a4",
      town: ["#e4e0d6", "#d6d2c8", "#c6c2b9", "#b5b2aa", "#a3a19b"],
      dot: "#c9c4b8",
      dotFill: "#22282c",
    },
  };

  // --- decode ----------------------------------------------------------------------------------

  /** An encoded polyline -> Int32Array of x, y, x, y, ... */
  function decodeLine(text) {
    const out = new Int32Array(text.length);
    const last = [0, 0];
    let count = 0;
    let value = 0;
    let shift = 0;
    for (let i = 0; i < text.length; i += 1) {
      const bits = text.charCodeAt(i) - 63;
      value |= (bits & 31) << shift;
      shift += 5;
      if (bits < 32) {
        const axis = count & 1;
        last[axis] += value & 1 ? ~(value >> 1) : value >> 1;
        out[count] = last[axis];
        count += 1;
        value = shift = 0;
      }
    }
    return out.subarray(0, count);
  }

  /** Points with their bounding box, so that a tile can skip what it does not show. */
  function shape(points) {
    let west = Infinity;
    let north = Infinity;
    let east = -Infinity;
    let south = -Infinity;
    for (let i = 0; i < points.length; i += 2) {
      const x = points[i];
      const y = points[i + 1];
      if (x < west) west = x;
      if (x > east) east = x;
      if (y < north) north = y;
      if (y > south) south = y;
    }
    return { points, west, north, east, south };
  }

  const shapes = (texts) => (texts || []).map((text) => shape(decodeLine(text)));

  /** Joins the arcs of a ring (`~n` is arc n backwards) into one shape. */
  function joinArcs(refs, arcs) {
    let length = 0;
    for (const ref of refs) length += arcs[ref < 0 ? ~ref : ref].length;
    const out = new Int32Array(length);
    let at = 0;
    for (const ref of refs) {
      const arc = arcs[ref < 0 ? ~ref : ref];
      if (ref >= 0) {
        out.set(arc, at);
      } else {
        for (let i = 0; i < arc.length; i += 2) {
          out[at + i] = arc[arc.length - 2 - i];
          out[at + i + 1] = arc[arc.length - 1 - i];
        }
      }
      at += arc.length;
    }
    return shape(out);
  }

  /** The columns of a file's towns -> rows; x and y are parts of the world (0..1). */
  function decodeTowns(columns, toWorld) {
    if (!columns) return [];
    const at = decodeLine(columns.at);
    const capitals = new Set(columns.capital);
    return columns.names.map((name, i) => ({
      name,
      x: toWorld(at[2 * i], 0),
      y: toWorld(at[2 * i + 1], 1),
      zoom: parseInt(columns.zoom[i], 16),
      rank: Number(columns.rank[i]),
      side: Number(columns.side[i]),
      capital: capitals.has(i),
    }));
  }

  /** The coarse land of world-land.json, or of a world.json with everything in it -> what the grids draw. */
  function decodeLand(file) {
    const arcs = [].concat(...Object.values(file.arcs)).map(decodeLine);
    const land = {};
    for (const country of file.countries) {
      const rings = country.rings.map((refs) => joinArcs(refs, arcs));
      land[country.code] = (land[country.code] || []).concat(rings);
    }
    return {
      units: file.grid,
      land,
      coast: shapes(file.arcs.coast),
      border: shapes(file.arcs.border),
      disputed: shapes(file.arcs.disputed),
      region: [],
      province: [],
      district: [],
      lakes: shapes(file.lakes),
      shore: shapes(file.lakes),
    };
  }

  /** A country's name in the visitor's language, in lines. */
  function countryLines({ code, name, lines }) {
    return inLines(window.AtlasWords.country(code, name), name, lines);
  }

  /** A sea's name in the visitor's language, in lines; the catalogues have all of them. */
  function seaLines({ lines }) {
    const name = lines.join(" ");
    return inLines(window.AtlasWords.gettext(name), name, lines);
  }

  /** A long name breaks at the space next to its middle; `lines` are those of the name in English. */
  function inLines(name, english, lines) {
    if (name === english) {
      return lines;
    }
    const middle = (name.length - 1) / 2;
    const spaces = [...name.matchAll(/ /g)].map(({ index }) => index);
    spaces.sort((one, other) => Math.abs(one - middle) - Math.abs(other - middle));
    const [at] = spaces;
    return name.length > LONG_NAME && at ? [name.slice(0, at), name.slice(at + 1)] : [name];
  }

  /** world.json -> the names that the grids draw, and which cells there are. */
  function decodeNames(file) {
    const { grid } = file;
    return {
      towns: decodeTowns(file.towns, (value) => value / grid),
      countries: file.countries
        .filter((c) => c.at)
        .map((c) => ({ ...c, lines: countryLines(c), x: c.at[0] / grid, y: c.at[1] / grid })),
      seas: file.seas.map((s) => ({ ...s, lines: seaLines(s), x: s.at[0] / grid, y: s.at[1] / grid })),
      townSizes: file.town_sizes,
      cells: file.cells,
    };
  }

  /** tiles/<zoom>/<x>/<y>.json -> the same, in units of the cell. */
  function decodeCell(file, x, y, cells) {
    const land = {};
    for (const code of Object.keys(file.land || {})) land[code] = shapes(file.land[code]);
    const size = 2 ** cells.zoom;
    return {
      units: cells.extent,
      land,
      coast: shapes(file.coast),
      border: shapes(file.border),
      disputed: shapes(file.disputed),
      region: shapes(file.region),
      province: shapes(file.province),
      district: shapes(file.district),
      lakes: shapes(file.lakes),
      shore: shapes(file.shore),
      towns: decodeTowns(file.towns, (value, axis) => (value / cells.extent + (axis ? y : x)) / size),
      isWhole: !file.more,
    };
  }

  const EMPTY_CELL = decodeCell({}, 0, 0, { zoom: 0, extent: 1 });

  // --- files -----------------------------------------------------------------------------------

  /** Loads and keeps world and cells; `changed(key)` is called when something new has arrived. */
  class Files {
    constructor(options, changed) {
      this._load = options.load || ((name) => fetchJson(options.url + name));
      this._changed = changed;
      this._cells = new Map(); // "x/y" -> decoded cell, or null while it is under way
      this._close = new Set(); // "x/y" of cells whose second part is there or under way
      this._failed = new Set();
      this._absent = new Set();
      this._stopped = false;
      this.world = null; // names and cells
      this._land = null; // the coarse land
      this._loading = null;
      this._landState = ""; // "coming" or "failed"
      /** @type {Promise<void>} */
      this.ready = new Promise((resolve) => {
        this._resolve = resolve;
      });
    }

    start() {
      this._stopped = false;
      if (this.world || this._loading) return;
      this._loading = this._load("world.json").then(
        (file) => {
          this.world = decodeNames(file);
          if (!file.more) this._land = decodeLand(file);
          this._loading = null;
          this._resolve();
          if (!this._stopped) this._changed(null);
        },
        (error) => {
          this._loading = null;
          console.warn("Base map: the world could not be loaded, trying again on the next move.", error);
        },
      );
    }

    stop() {
      this._stopped = true;
    }

    /** After a move: ask again for what failed. */
    retry() {
      this.start();
      if (this._landState === "failed") this.land();
      const failed = [...this._failed];
      this._failed.clear();
      for (const key of failed) this._changed(key);
    }

    /** The coarse land, or null when it is not there yet; `ask` starts loading it. */
    land(ask = true) {
      if (!this._land && ask && this._landState !== "coming") {
        this._landState = "coming";
        this._load("world-land.json").then(
          (file) => {
            this._land = decodeLand(file);
            if (!this._stopped) this._changed(null);
          },
          (error) => {
            this._landState = "failed";
            console.warn("Base map: the land could not be loaded, trying again on the next move.", error);
          },
        );
      }
      return this._land;
    }

    /** Whether a cell is under way, so that it need not be drawn from the coarse land. */
    isComing(x, y) {
      const size = 2 ** this.world.cells.zoom;
      return this._cells.get(`${((x % size) + size) % size}/${y}`) === null;
    }

    /** The decoded cell, or undefined when it is not there (yet); `ask` starts loading what `zoom` draws. */
    cell(x, y, zoom, ask) {
      const cells = this.world.cells;
      const size = 2 ** cells.zoom;
      if (y < 0 || y >= size) return EMPTY_CELL;
      const column = ((x % size) + size) % size;
      if (cells.present[y * size + column] !== "1") return EMPTY_CELL;
      const key = `${column}/${y}`;
      const found = this._cells.get(key);
      if (this._absent.has(key)) return undefined;
      if (found && ask && zoom >= CLOSE_ZOOM) this._comeClose(found, key, column, y);
      if (found || found === null || !ask || this._failed.has(key)) return found || undefined;
      this._cells.set(key, null);
      this._load(`tiles/${cells.zoom}/${key}.json`).then(
        (file) => {
          if (!file) {
            this._cells.delete(key);
            this._absent.add(key);
            return;
          }
          this._cells.set(key, decodeCell(file, column, y, cells));
          if (!this._stopped) this._changed(key);
        },
        (error) => {
          this._cells.delete(key);
          this._failed.add(key);
          console.warn(`Base map: cell ${key} could not be loaded, drawing it coarsely.`, error);
        },
      );
      return undefined;
    }

    /** Asks once for the second part of a cell and puts it into the cell. */
    _comeClose(cell, key, x, y) {
      if (cell.isWhole || this._close.has(key) || this._failed.has(key)) return;
      this._close.add(key);
      const { cells } = this.world;
      this._load(`tiles/${cells.zoom}/${key}-close.json`).then(
        (file) => {
          const close = decodeCell(file, x, y, cells);
          Object.assign(cell, { district: close.district, towns: cell.towns.concat(close.towns) });
          if (!this._stopped) this._changed(key);
        },
        (error) => {
          this._close.delete(key);
          this._failed.add(key);
          console.warn(`Base map: the small towns of cell ${key} could not be loaded.`, error);
        },
      );
    }
  }

  async function fetchJson(address) {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    return answer.json();
  }

  // --- land ------------------------------------------------------------------------------------

  /** Adds a line or ring to the path, skipping points that are less than a pixel apart. */
  function trace(context, one, view, step) {
    const { points } = one;
    const { scale, dx, dy } = view;
    let x = points[0] * scale + dx;
    let y = points[1] * scale + dy;
    context.moveTo(x, y);
    const end = points.length - 2;
    for (let i = 2; i <= end; i += 2) {
      const nx = points[i] * scale + dx;
      const ny = points[i + 1] * scale + dy;
      if (i < end && Math.abs(nx - x) + Math.abs(ny - y) < step) continue;
      context.lineTo(nx, ny);
      x = nx;
      y = ny;
    }
  }

  /** Starts a path of those shapes that touch the tile; false when there are none. */
  function path(context, all, view, { reach = 14, least = 0 } = {}) {
    const smallest = least / view.scale;
    const west = (-reach - view.dx) / view.scale;
    const east = (TILE + reach - view.dx) / view.scale;
    const north = (-reach - view.dy) / view.scale;
    const south = (TILE + reach - view.dy) / view.scale;
    let any = false;
    context.beginPath();
    for (const one of all) {
      if (one.east < west || one.west > east || one.south < north || one.north > south) continue;
      if (one.east - one.west < smallest && one.south - one.north < smallest) continue;
      trace(context, one, view, view.step);
      any = true;
    }
    return any;
  }

  function stroke(context, style, width, dash = []) {
    context.strokeStyle = style;
    context.lineWidth = width;
    context.setLineDash(dash);
    context.stroke();
  }

  /** Draws the sea, land and lines of one file into a tile. */
  function drawLand(context, data, view, look) {
    const { zoom, theme, highlight } = look;
    const all = Object.values(data.land).flat();
    const warmth = zoom <= 6 ? 1 : Math.max(0.25, 1 - (zoom - 6) * 0.25); // close by, it would fill the screen
    context.lineJoin = context.lineCap = "round";
    const glow = Math.min(1 + zoom * 1.8, 12);
    if (path(context, data.coast, view, { least: 9 })) {
      stroke(context, theme.glow[0], glow * 2);
      stroke(context, theme.glow[1], glow);
    }
    if (path(context, all, view)) {
      context.fillStyle = theme.land;
      context.fill("evenodd");
    }
    for (const code of Object.keys(data.land)) {
      if (highlight.has(code) && path(context, data.land[code], view)) {
        context.globalAlpha = warmth;
        context.fillStyle = theme.highlight;
        context.fill("evenodd");
        context.globalAlpha = 1;
      }
    }
    if (zoom >= 9) drawGraticule(context, look.place, theme.grid, zoom);
    if (zoom >= 9 && path(context, data.district, view)) stroke(context, theme.province, 0.75, [3, 2]);
    if (zoom >= 7 && path(context, data.province, view)) stroke(context, theme.province, 0.75, [3, 2]);
    if (path(context, data.region, view)) stroke(context, theme.region, zoom >= 8 ? 1 : 0.75);
    if (path(context, data.lakes, view)) {
      context.fillStyle = theme.lake;
      context.fill("evenodd");
    }
    if (zoom >= 4 && path(context, data.shore, view)) stroke(context, theme.shore, 0.75);
    if (path(context, data.border, view)) {
      if (zoom >= 4) stroke(context, theme.borderCase, zoom >= 6 ? 5 : 3);
      stroke(context, theme.border, zoom < 4 ? 0.6 : zoom < 7 ? 0.9 : 1.2);
    }
    if (path(context, data.disputed, view)) stroke(context, theme.border, zoom < 4 ? 0.6 : 1, [3, 3]);
    if (path(context, data.coast, view)) stroke(context, theme.coast, zoom < 4 ? 0.6 : zoom < 7 ? 0.9 : 1.1);
  }

  /** Degrees between the lines of the graticule, by zoom. */
  function graticuleStep(zoom) {
    if (zoom < 4) return 15;
    if (zoom < 7) return 5;
    return [2, 1, 1, 0.5, 0.25, 0.1, 0.05, 0.02, 0.02][zoom - 7] || 0.01;
  }

  /** Thin lines of longitude and latitude; `place` is where the tile lies in the world, in pixels. */
  function drawGraticule(context, place, style, zoom) {
    const { left, top, world } = place;
    const every = graticuleStep(zoom);
    const longitude = (x) => (x / world - 0.5) * 360;
    const latitude = (y) => (Math.atan(Math.sinh((0.5 - y / world) * 2 * Math.PI)) * 180) / Math.PI;
    const down = (lat) => (0.5 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / (2 * Math.PI)) * world;
    context.beginPath();
    for (let n = Math.ceil(longitude(left) / every); n * every <= longitude(left + TILE); n += 1) {
      const x = Math.round(((n * every) / 360 + 0.5) * world - left) + 0.5;
      context.moveTo(x, Math.max(0, -top));
      context.lineTo(x, Math.min(TILE, world - top));
    }
    const south = Math.max(latitude(top + TILE), -84);
    for (let n = Math.ceil(south / every); n * every <= Math.min(latitude(top), 84); n += 1) {
      const y = Math.round(down(n * every) - top) + 0.5;
      context.moveTo(0, y);
      context.lineTo(TILE, y);
    }
    stroke(context, style, 1);
  }

  // --- names -----------------------------------------------------------------------------------

  /** Writes text with a halo, letters spaced when the browser can. */
  function write(context, text, x, y, style) {
    context.font = style.font;
    context.textAlign = style.align;
    context.textBaseline = "middle";
    if ("letterSpacing" in context) context.letterSpacing = `${style.spacing || 0}px`;
    context.lineJoin = "round";
    if (style.halo) {
      context.strokeStyle = style.halo;
      context.lineWidth = style.haloWidth || 3;
      context.strokeText(text, x, y);
    }
    context.fillStyle = style.color;
    context.fillText(text, x, y);
  }

  function writeLines(context, lines, x, y, size, style) {
    const height = size * 1.25;
    const shift = style.spacing ? style.spacing / 2 : 0; // the space after the last letter
    lines.forEach((line, i) =>
      write(context, line, x + shift, y + (i - (lines.length - 1) / 2) * height, style),
    );
  }

  function drawSea(context, sea, x, y, look) {
    const size = (sea.zoom[0] <= 2 ? 14 : look.zoom >= 6 ? 13 : 12) * look.fontScale;
    const style = { align: "center", color: look.theme.seaName, spacing: size * 0.08 };
    style.font = `italic ${size}px ${SERIF}`;
    writeLines(context, sea.lines, x, y, size, style);
  }

  function drawCountry(context, country, x, y, look) {
    const size = country.size * look.fontScale;
    const faded = look.zoom > 4 && look.zoom >= country.zoom[1] - 1 ? 0.78 : 0.96;
    const style = { align: "center", color: look.theme.country, halo: look.theme.halo, spacing: size * 0.16 };
    style.font = `600 ${size}px ${FONT}`;
    context.globalAlpha = faded;
    writeLines(
      context,
      country.lines.map((line) => line.toUpperCase()),
      x,
      y,
      size,
      style,
    );
    context.globalAlpha = 1;
  }

  function drawDot(context, town, x, y, look) {
    const radius = town.capital ? 3 : town.rank <= 1 ? 2.6 : town.rank <= 2 ? 2.2 : 1.8;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fillStyle = town.capital || town.rank > 2 ? look.theme.dot : look.theme.dotFill;
    context.fill();
    if (town.rank <= 2) stroke(context, town.capital ? look.theme.dotFill : look.theme.dot, 1.1);
    if (town.capital) {
      context.beginPath();
      context.arc(x, y, radius + 1.4, 0, 2 * Math.PI);
      stroke(context, look.theme.dot, 1);
    }
  }

  /** A town's dot and name, unless they would lie under a plant's mark or name. */
  function drawTown(context, town, x, y, look) {
    const size = look.sizes[town.rank] * look.fontScale;
    const gap = town.capital ? 7 : 5;
    const places = [
      ["left", gap, 0.5],
      ["right", -gap, 0.5],
      ["center", 0, -size * 0.62 - 3],
      ["center", 0, size * 0.62 + 4],
    ];
    const [align, right, down] = places[town.side];
    const font = `${town.rank <= 1 ? 600 : town.rank <= 2 ? 500 : 400} ${size}px ${FONT}`;
    if (look.marks.length) {
      context.font = font;
      const room = nameBox(x, y, x + right, y + down, align, context.measureText(town.name).width, size);
      if (look.marks.some((mark) => overlap(mark, room))) return;
    }
    drawDot(context, town, x, y, look);
    write(context, town.name, x + right, y + down, {
      align,
      color: look.theme.town[town.rank],
      halo: look.theme.halo,
      haloWidth: 2.6,
      font,
    });
  }

  /** The room of a dot at x, y and of its name at nameX, nameY.
   *
   * @returns {Box}
   */
  function nameBox(x, y, nameX, nameY, align, width, size) {
    const start = nameX - { left: 0, center: 0.5, right: 1 }[align] * width;
    return {
      left: Math.min(x, start),
      right: Math.max(x, start + width),
      top: Math.min(y, nameY - size / 2),
      bottom: Math.max(y, nameY + size / 2),
    };
  }

  function overlap(a, b) {
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  }

  /** How much to shrink text when this machine's face is wider than the one names were placed for. */
  function fontScale() {
    const context = document.createElement("canvas").getContext("2d");
    context.font = `100px ${FONT}`;
    return Math.min(
      1,
      2711 / context.measureText("The quick brown fox jumps over the lazy dog, Torino e Napoli").width,
    );
  }

  // --- the two grids ---------------------------------------------------------------------------

  /** A canvas tile for sharp drawing: 512 CSS px, as many device pixels as the screen has. */
  function newTile() {
    const tile = L.DomUtil.create("canvas", "leaflet-tile atlas-basemap-tile");
    const ratio = Math.min(window.devicePixelRatio || 1, 3);
    tile.width = tile.height = Math.ceil(TILE * ratio);
    tile.style.pointerEvents = "none";
    return tile;
  }

  /** The tile's context in CSS pixels, wiped. */
  function clearTile(tile) {
    const context = tile.getContext("2d");
    context.setTransform(tile.width / TILE, 0, 0, tile.height / TILE, 0, 0);
    context.clearRect(0, 0, TILE, TILE);
    return context;
  }

  const Grid = /** @type {LeafletClass} */ (L.GridLayer).extend({
    initialize(owner, options) {
      this._owner = owner;
      /** @type {LeafletClass} */ (L.GridLayer).prototype.initialize.call(this, {
        tileSize: TILE,
        keepBuffer: 1,
        updateWhenZooming: false,
        ...options,
      });
    },

    /** A tile is drawn in the next frame, right before Leaflet shows it: the plants need not wait for it. */
    createTile(coords) {
      const tile = newTile();
      L.Util.requestAnimFrame(() => tile.isConnected && this.drawTile(tile, coords));
      return tile;
    },

    /** Draws tiles again where they stand, so that nothing fades or blinks.
     *
     * @param {(coords: L.Coords) => boolean} wanted
     */
    redrawTiles(wanted = () => true) {
      for (const key of Object.keys(this._tiles || {})) {
        const coords = this._wrapCoords(this._keyToTileCoords(key));
        if (wanted(coords)) this.drawTile(this._tiles[key].el, coords);
      }
    },
  });

  /** The cell that holds a tile of zoom 6 or more. */
  function cellOf(coords, cells) {
    const shift = coords.z - cells.zoom - 1;
    return { x: coords.x >> shift, y: coords.y >> shift, part: 2 ** shift };
  }

  const Land = Grid.extend({
    drawTile(tile, coords) {
      const started = performance.now();
      const context = clearTile(tile);
      const owner = this._owner;
      const theme = THEMES[owner.options.theme];
      const world = 256 * 2 ** coords.z;
      context.fillStyle = theme.sea;
      context.fillRect(0, 0, TILE, TILE);
      const place = { left: coords.x * TILE, top: coords.y * TILE, world };
      const look = { zoom: coords.z, theme, highlight: owner._highlight, place };
      drawGraticule(context, place, theme.graticule, coords.z);
      const files = owner._files;
      if (files.world) {
        const fine = coords.z > WORLD_MAX_ZOOM ? this._fine(coords, files) : undefined;
        const land = fine ? null : files.land(!this._isComing(coords, files));
        if (fine) drawLand(context, fine.data, fine.view, look);
        else if (land) this._drawWorld(context, coords, world, land, look);
      }
      owner.drawTimes.push(performance.now() - started);
      if (owner.drawTimes.length > 500) owner.drawTimes.shift();
    },

    _fine(coords, files) {
      const { x, y, part } = cellOf(coords, files.world.cells);
      const data = files.cell(x, y, coords.z, true);
      if (!data) return undefined;
      const scale = (TILE * part) / data.units;
      const view = { scale, dx: -(coords.x - x * part) * TILE, dy: -(coords.y - y * part) * TILE, step: 0.7 };
      return { data, view };
    },

    _isComing(coords, files) {
      if (coords.z <= WORLD_MAX_ZOOM) return false;
      const { x, y } = cellOf(coords, files.world.cells);
      return files.isComing(x, y);
    },

    _drawWorld(context, coords, world, data, look) {
      const view = { scale: world / data.units, dx: -coords.x * TILE, dy: -coords.y * TILE, step: 0.7 };
      for (let copy = 0; copy * world < TILE; copy += 1) {
        drawLand(context, data, { ...view, dx: view.dx + copy * world }, look);
      }
    },
  });

  /** The boxes that names of a tile may lie under, in pixels of the tile; none at another zoom.
   *
   * @param {L.Coords} coords
   * @param {{ zoom: number, boxes: Box[] }} marks
   * @returns {Box[]}
   */
  function marksIn(coords, { zoom, boxes }) {
    if (zoom !== coords.z) return [];
    const world = 256 * 2 ** zoom;
    const [x, y] = [coords.x * TILE, coords.y * TILE];
    const copies = [-1, 0, 1].flatMap((turn) =>
      boxes.map(({ left, right, top, bottom }) => {
        const shift = (turn - Math.floor(left / world)) * world - x;
        return { left: left + shift, right: right + shift, top: top - y, bottom: bottom - y };
      }),
    );
    const reach = { left: -NAME_REACH, right: TILE + NAME_REACH, top: -40, bottom: TILE + 40 };
    return copies.filter((box) => overlap(box, reach));
  }

  const Names = Grid.extend({
    _marks: { zoom: -1, boxes: [] },

    /** Keeps clear of `boxes`, in pixels of the world at `zoom`; tiles that this changes are drawn again. */
    avoid(zoom, boxes) {
      const before = this._marks;
      this._marks = { zoom, boxes };
      this.redrawTiles((coords) => {
        const places = (marks) => JSON.stringify(marksIn(coords, marks));
        return places(before) !== places(this._marks);
      });
    },

    drawTile(tile, coords) {
      const context = clearTile(tile);
      const owner = this._owner;
      const { world } = owner._files;
      if (!world) return;
      const size = 256 * 2 ** coords.z;
      const look = {
        zoom: coords.z,
        theme: THEMES[owner.options.theme],
        sizes: world.townSizes,
        fontScale: owner._fontScale,
        marks: marksIn(coords, this._marks),
      };
      const draw = (rows, how) => {
        for (const row of rows) {
          for (const turn of [-size, 0, size]) {
            const x = Math.round(row.x * size) + turn - coords.x * TILE;
            const y = Math.round(row.y * size) - coords.y * TILE;
            if (x < -NAME_REACH || x > TILE + NAME_REACH || y < -40 || y > TILE + 40) continue;
            how(context, row, x, y, look);
          }
        }
      };
      const shown = (row) => row.zoom[0] <= coords.z && coords.z <= row.zoom[1];
      draw(world.seas.filter(shown), drawSea);
      draw(world.countries.filter(shown), drawCountry);
      const towns = world.towns.concat(...this._cellsAround(coords, owner._files).map((cell) => cell.towns));
      draw(
        towns.filter((town) => town.zoom <= coords.z),
        drawTown,
      );
    },

    /** The loaded cells whose names may reach into a tile; only the land grid asks for cells. */
    _cellsAround(coords, files) {
      if (coords.z <= WORLD_MAX_ZOOM) return [];
      const { cells } = files.world;
      const side = 2 ** (coords.z - cells.zoom) * 256;
      const found = [];
      const [west, east] = [coords.x * TILE - NAME_REACH, (coords.x + 1) * TILE + NAME_REACH];
      const [north, south] = [coords.y * TILE - 40, (coords.y + 1) * TILE + 40];
      for (let x = Math.floor(west / side); x * side < east; x += 1) {
        for (let y = Math.floor(north / side); y * side < south; y += 1) {
          const cell = files.cell(x, y, coords.z, false);
          if (cell) found.push(cell);
        }
      }
      return found;
    },
  });

  // --- the layer -------------------------------------------------------------------------------

  const Basemap = /** @type {LeafletClass} */ (L.Layer).extend({
    options: { url: "", theme: "light", highlight: [], load: null, attribution: ATTRIBUTION },

    initialize(options) {
      L.setOptions(this, options);
      if (!THEMES[this.options.theme]) this.options.theme = "light";
      this._highlight = new Set(this.options.highlight);
      this._files = new Files(this.options, (key) => this._arrived(key));
      this.ready = this._files.ready;
      this.drawTimes = []; // milliseconds of the latest tiles, for measuring
      this._land = new Land(this, { zIndex: 0, className: "atlas-basemap-land" });
      this._names = new Names(this, { pane: "atlasNames", className: "atlas-basemap-names" });
    },

    getAttribution() {
      return this.options.attribution;
    },

    onAdd(map) {
      if (!map.getPane("atlasNames")) {
        const pane = map.createPane("atlasNames");
        pane.style.zIndex = "350"; // above tiles (200), below shapes (400) and markers (600)
        pane.style.pointerEvents = "none";
      }
      this._fontScale = fontScale();
      this._paintBackground(map);
      map.addLayer(this._land);
      map.addLayer(this._names);
      map.on("moveend", this._files.retry, this._files);
      this._files.start();
    },

    onRemove(map) {
      map.off("moveend", this._files.retry, this._files);
      this._files.stop();
      map.removeLayer(this._land);
      map.removeLayer(this._names);
      map.getContainer().style.backgroundColor = "";
    },

    /** "light" or "dark"; anything else is ignored. */
    setTheme(name) {
      if (!THEMES[name] || name === this.options.theme) return this;
      this.options.theme = name;
      if (this._map) this._paintBackground(this._map);
      return this._redraw();
    },

    /** Lets the names of towns give way to `boxes`, in pixels of the world at `zoom`. */
    avoid(zoom, boxes) {
      this._names.avoid(zoom, boxes);
      return this;
    },

    /** ISO codes of the countries that get the warmer fill. */
    setHighlight(codes) {
      const next = new Set(codes || []);
      if (next.size === this._highlight.size && [...next].every((code) => this._highlight.has(code)))
        return this;
      this._highlight = next;
      if (this._map) this._land.redrawTiles();
      return this;
    },

    _paintBackground(map) {
      map.getContainer().style.backgroundColor = THEMES[this.options.theme].sea;
    },

    _redraw() {
      if (!this._map) return this;
      this._land.redrawTiles();
      this._names.redrawTiles();
      return this;
    },

    /** Something was loaded: draw again what shows it. `key` is a cell "x/y", or null for the world. */
    _arrived(key) {
      if (!this._map) return;
      if (key === null) {
        this._redraw();
        return;
      }
      const [x, y] = key.split("/").map(Number);
      const { cells } = this._files.world;
      const near = (coords, reach) => {
        if (coords.z <= WORLD_MAX_ZOOM) return false;
        const side = 256 * 2 ** (coords.z - cells.zoom);
        const wide = 256 * 2 ** coords.z;
        const touches = (turn) =>
          coords.x * TILE - reach < (x + 1) * side + turn && (coords.x + 1) * TILE + reach > x * side + turn;
        const high = coords.y * TILE - reach < (y + 1) * side && (coords.y + 1) * TILE + reach > y * side;
        return high && (touches(0) || touches(wide) || touches(-wide));
      };
      this._land.redrawTiles((coords) => near(coords, 0));
      this._names.redrawTiles((coords) => near(coords, NAME_REACH));
    },
  });

  /**
   * @param {BasemapOptions} options
   * @returns {BasemapLayer}
   */
  function create(options = {}) {
    return new Basemap(options);
  }

  window.AtlasBasemap = { create, themes: THEMES };
})();
