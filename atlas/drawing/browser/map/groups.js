/* Which plants stand alone on a map and which form a group: numbers in, numbers out; no page, no Leaflet.
 *
 * Flow:  pick(columns, mask)            the plants that a filter shows, as plain columns
 *        group(points, zoom, view)      count them in the cells of a grid (Grid.fill), let cells that would
 *                                       touch join (hostOf), and list what a view shows (groupsIn)
 *        members(grid, host)            the plants of one group; holder(grid, x, y) the group of one plant
 *        openZoom(points, x, y, ...)    from which zoom a plant stands as free as it ever will
 *
 * Positions are Web Mercator in 2^32 steps around the world, so a cell of 2^b pixels at zoom z is a shift
 * by 24 - z + b bits: exact, anchored to the world, one operation per plant. World copies and the
 * antimeridian cost nothing, because the number of cells around the world is a power of two as well.
 *
 * Joining. Each cell has a weight that depends on nothing but its own plants and its place in the world.
 * A cell is a host unless a heavier host touches it; then it is a guest of the nearest such host. No two
 * hosts touch, so no two discs overlap. Which cells are hosts depends on heavier neighbours, theirs on
 * theirs and so on, but only as far as the chain of touching heavier cells leads. We follow it: a chain
 * that ends inside the counted area has the same end wherever one looks from. One that reaches an
 * edge of the area beyond which nothing was counted is not known, and then a wider area is counted. So
 * panning never regroups anything. The fuller cell is the heavier one, but only the order of
 * magnitude counts, and chance (a hash of the cell's place) decides between equals: that keeps chains
 * short where an exact comparison would have them run across a regular grid of plants from end to end.
 */
(() => {
  "use strict";

  const FEW = 300; // up to so many plants, only those are grouped that would really touch
  const MOST = 500; // things in a view; more plants are kept apart until no more than this can be in it
  const PAD_PX = 40; // a disc is drawn when its centre is this far outside the view
  const USUAL_CHAIN = 7; // seldom leads a chain more reaches far; a longer one costs a second count
  const MOST_CELLS = 2 ** 18; // memory's limit: beyond that area (8,000 px around), chains exist in theory only
  const SINGLE_RADIUS_PX = 11;
  const LARGEST_RADIUS_PX = 28;
  const GAP_PX = 2;
  const KINDS = 16; // room for statuses per cell; a power of two
  const HOST = 1;
  const GUEST = 2;
  const NOT_KNOWN = 3;

  // ---- plants shown ----------------------------------------------------------------------------

  /**
   * @param {string} base64
   * @returns {Uint8Array<ArrayBuffer>}
   */
  function bytes(base64) {
    const letters = atob(base64);
    const out = new Uint8Array(letters.length);
    for (let i = 0; i < letters.length; i++) {
      out[i] = letters.charCodeAt(i);
    }
    return out;
  }

  /** The points of a bit mask (numpy.packbits order, base64; null for all) as columns of their own.
   *
   * `rows` are their numbers in the table; null where all are shown and a number is its own place.
   *
   * @param {PlantColumns} columns
   * @param {string | null} mask
   * @returns {ShownPlants}
   */
  function pick({ x, y, status }, mask) {
    if (mask === null) {
      return { size: x.length, x, y, status, rows: null };
    }
    const rows = shownRows(bytes(mask), x.length);
    const picked = {
      size: rows.length,
      x: new Uint32Array(rows.length),
      y: new Uint32Array(rows.length),
      status: new Uint8Array(rows.length),
      rows,
    };
    for (let i = 0; i < rows.length; i++) {
      picked.x[i] = x[rows[i]];
      picked.y[i] = y[rows[i]];
      picked.status[i] = status[rows[i]];
    }
    return picked;
  }

  function shownRows(bits, size) {
    const rows = new Uint32Array(size);
    let count = 0;
    for (let row = 0; row < size; row++) {
      rows[count] = row;
      count += (bits[row >> 3] >> (7 - (row & 7))) & 1;
    }
    return rows.slice(0, count);
  }

  // ---- sizes -----------------------------------------------------------------------------------

  const RADII = Array.from({ length: 64 }, (_, count) =>
    count < 2 ? SINGLE_RADIUS_PX : Math.min(LARGEST_RADIUS_PX, Math.round(15 + 2.2 * Math.log2(count))),
  );

  /** Radius in pixels of the disc that stands for `count` plants.
   *
   * @param {number} count
   * @returns {number}
   */
  function radius(count) {
    return count < 64 ? RADII[count] : LARGEST_RADIUS_PX;
  }

  /** How plants are kept apart: by the size of the view, not by where it lies.
   *
   * cellBits: cells are 2^cellBits pixels wide. apart: hosts are at least so many pixels apart.
   * reach: further apart than this, nothing ever touches.
   */
  function rulesFor(count, zoom, width, height) {
    const isFew = count <= FEW;
    const apart = isFew ? 0 : Math.min(spacing(width + 2 * PAD_PX, height + 2 * PAD_PX), 64 * 2 ** zoom);
    let cellBits = isFew ? 4 : 5;
    while (2 ** (cellBits + 1) < apart) {
      cellBits++;
    }
    return {
      cellBits: Math.min(cellBits, 4 + zoom),
      apart,
      reach: Math.max(apart, 2 * LARGEST_RADIUS_PX + GAP_PX),
    };
  }

  /** Points this far apart: never more than MOST fit into a rectangle (Oler's inequality, solved for it). */
  function spacing(width, height) {
    const area = (2 / Math.sqrt(3)) * width * height;
    const rim = width + height;
    const distance = (rim + Math.sqrt(rim * rim + 4 * area * (MOST - 1))) / (2 * (MOST - 1));
    return Math.ceil(distance / 8) * 8; // in steps, so that a window pulled larger seldom regroups
  }

  // ---- the grid --------------------------------------------------------------------------------

  /** The cells that cover an area of the world, what lies in them, and who joins whom.
   *
   * `area` is in world pixels at `zoom`. Per cell: count, first (index of its first point), x and y (mean
   * position in pixels from the cell's corner), kinds (count per status), weight.
   */
  class Grid {
    /**
     * @param {ShownPlants} points
     * @param {number} zoom
     * @param {ReturnType<typeof rulesFor>} rules
     * @param {Box} area
     */
    constructor(points, zoom, rules, area) {
      this.points = points;
      this.zoom = zoom;
      this.rules = rules;
      this.cellPx = 2 ** rules.cellBits;
      this.shift = 24 - zoom + rules.cellBits;
      this.worldCells = 2 ** (32 - this.shift);
      this.worldPx = 256 * 2 ** zoom;
      this.ring = Math.ceil(rules.reach / this.cellPx); // a cell's neighbours are this many cells around it
      this.place(area);
      this.fill();
      // Found out when it is asked for, and kept:
      this.near = new Array(this.count.length); // see nearOf
      this.around = new Int32Array(this.count.length); // plants in a cell and those near it
      this.fates = new Uint8Array(this.count.length); // see fateOf
      this.hosts = new Int32Array(this.count.length).fill(-2); // see hostOf
    }

    place(area) {
      const firstLine = Math.floor(area.top / this.cellPx);
      const endLine = Math.floor(area.bottom / this.cellPx) + 1;
      this.firstLine = clamp(firstLine, 0, this.worldCells - 1);
      this.lines = clamp(endLine, this.firstLine + 1, this.worldCells) - this.firstLine;
      this.firstCol = Math.floor(area.left / this.cellPx);
      this.cols = Math.floor(area.right / this.cellPx) + 1 - this.firstCol;
      this.wraps = this.cols >= this.worldCells;
      if (this.wraps) {
        this.cols = this.worldCells; // the first column is the last one's neighbour
      }
      const isLast = this.cols * this.lines > MOST_CELLS;
      this.isOpenAbove = this.firstLine > 0 && !isLast;
      this.isOpenBelow = this.firstLine + this.lines < this.worldCells && !isLast;
      this.isOpenAside = !this.wraps && !isLast;
    }

    /** Counts the points. This loop sees every plant of the table after a move of the map: keep it plain. */
    fill() {
      const { points, shift, firstCol, firstLine, cols, lines } = this;
      const { x, y, status, size } = points;
      const length = cols * lines;
      const count = new Int32Array(length);
      const first = new Int32Array(length);
      const sumX = new Float64Array(length);
      const sumY = new Float64Array(length);
      const kinds = new Int32Array(length * KINDS);
      const aroundTheWorld = this.worldCells - 1;
      const withinCell = 2 ** shift - 1;
      for (let i = 0; i < size; i++) {
        const line = ((y[i] >>> shift) - firstLine) | 0;
        if (line < 0 || line >= lines) {
          continue;
        }
        const col = ((x[i] >>> shift) - firstCol) & aroundTheWorld;
        if (col >= cols) {
          continue;
        }
        const cell = line * cols + col;
        if (count[cell] === 0) {
          first[cell] = i;
        }
        count[cell] += 1;
        sumX[cell] += x[i] & withinCell;
        sumY[cell] += y[i] & withinCell;
        kinds[cell * KINDS + (status[i] & (KINDS - 1))] += 1;
      }
      this.count = count;
      this.first = first;
      this.kinds = kinds;
      this.x = sumX;
      this.y = sumY;
      this.weight = new Float64Array(length);
      this.weigh();
    }

    weigh() {
      const { count, x, y, weight, cols, worldCells } = this;
      const pxPerStep = this.cellPx / 2 ** this.shift;
      for (let cell = 0; cell < count.length; cell++) {
        if (count[cell]) {
          x[cell] *= pxPerStep / count[cell];
          y[cell] *= pxPerStep / count[cell];
          const col = (this.firstCol + (cell % cols)) & (worldCells - 1);
          const line = this.firstLine + Math.floor(cell / cols);
          // Different for any two cells near each other, as `scatter` maps different numbers to different ones.
          weight[cell] =
            (32 - Math.clz32(count[cell])) * 2 ** 32 + scatter(Math.imul(line, worldCells) + col);
        }
      }
    }

    // ---- who joins whom ----

    /** Whether points that were not counted may lie within reach of a cell. */
    isAtEdge(cell) {
      const line = Math.floor(cell / this.cols);
      const col = cell - line * this.cols;
      return (
        (this.isOpenAside && (col < this.ring || col >= this.cols - this.ring)) ||
        (this.isOpenAbove && line < this.ring) ||
        (this.isOpenBelow && line >= this.lines - this.ring)
      );
    }

    /** The filled cells within reach, as [cell, its distance, cell, its distance, ...]. */
    nearOf(cell) {
      if (this.near[cell]) {
        return this.near[cell];
      }
      const { count, x, y, cols, lines, cellPx, ring, rules, wraps } = this;
      const found = [];
      const line = Math.floor(cell / cols);
      const col = cell - line * cols;
      let sum = count[cell];
      for (let up = Math.max(-ring, -line); up <= ring && line + up < lines; up++) {
        for (let right = -ring; right <= ring; right++) {
          let column = col + right;
          if (column < 0 || column >= cols) {
            if (!wraps) {
              continue;
            }
            column = (column + cols) % cols;
          }
          const other = (line + up) * cols + column;
          if (count[other] === 0 || other === cell) {
            continue;
          }
          const dx = right * cellPx + x[other] - x[cell];
          const dy = up * cellPx + y[other] - y[cell];
          const distance = Math.sqrt(dx * dx + dy * dy);
          if (distance < rules.reach) {
            found.push(other, distance);
            sum += count[other];
          }
        }
      }
      this.around[cell] = sum;
      this.near[cell] = found;
      return found;
    }

    /** Whether a cell and a heavier one cannot both be hosts: their discs might touch, each grown by all it can
     * take in. As hosts of their own, neither would have taken in the other.
     */
    touch(cell, heavier, distance) {
      if (this.isAtEdge(heavier)) {
        return true; // what it can take in is not known; nor is its fate, as whoever asks will see
      }
      this.nearOf(cell);
      this.nearOf(heavier);
      const { around, count, rules } = this;
      const room = radius(around[cell] - count[heavier]) + radius(around[heavier] - count[cell]) + GAP_PX;
      return distance < Math.max(room, rules.apart);
    }

    /** HOST, GUEST (a heavier host touches the cell), or NOT_KNOWN (that depends on what was not counted). */
    fateOf(cell) {
      if (this.fates[cell] === 0) {
        this.fates[cell] = this.isAtEdge(cell) ? NOT_KNOWN : this.decide(cell);
      }
      return this.fates[cell];
    }

    decide(cell) {
      const near = this.nearOf(cell);
      let fate = HOST;
      for (let i = 0; i < near.length; i += 2) {
        const other = near[i];
        if (this.weight[other] > this.weight[cell] && this.touch(cell, other, near[i + 1])) {
          const theirs = this.fateOf(other);
          if (theirs === HOST) {
            return GUEST;
          }
          if (theirs === NOT_KNOWN) {
            fate = NOT_KNOWN;
          }
        }
      }
      return fate;
    }

    /** The cell whose group a cell belongs to: itself, or the nearest heavier host that it touches; -1: not known. */
    hostOf(cell) {
      if (this.hosts[cell] === -2) {
        const fate = this.fateOf(cell);
        this.hosts[cell] = fate === HOST ? cell : fate === GUEST ? this.nearestHost(cell) : -1;
      }
      return this.hosts[cell];
    }

    nearestHost(cell) {
      const near = this.nearOf(cell);
      let host = -1;
      let least = Infinity;
      for (let i = 0; i < near.length; i += 2) {
        const other = near[i];
        const distance = near[i + 1];
        if (this.weight[other] > this.weight[cell] && distance < least && this.touch(cell, other, distance)) {
          const theirs = this.fateOf(other);
          if (theirs === NOT_KNOWN) {
            return -1;
          }
          if (theirs === HOST) {
            host = other;
            least = distance;
          }
        }
      }
      return host;
    }

    // ---- what a view shows ----

    /** The groups in and just outside a view, once per copy of the world; null if the area is too small for it. */
    groupsIn(view) {
      const box = this.boxOf(view, PAD_PX + this.rules.reach);
      if (!box) {
        return null;
      }
      const groups = new Map();
      for (let line = box.firstLine; line <= box.lastLine; line++) {
        for (let col = box.firstCol; col <= box.lastCol; col++) {
          const cell = line * this.cols + col;
          if (this.count[cell]) {
            const host = this.hostOf(cell);
            if (host < 0) {
              return null;
            }
            if (!groups.has(host)) {
              groups.set(host, this.emptyGroup(host));
            }
            this.add(groups.get(host), cell);
          }
        }
      }
      return [...groups.values()].flatMap((group) => this.copiesIn(view, group));
    }

    /** The lines and columns of the view and what is within `margin` of it; null if not all were counted. */
    boxOf(view, margin) {
      const top = Math.floor((view.top - margin) / this.cellPx) - this.firstLine;
      const bottom = Math.floor((view.bottom + margin) / this.cellPx) - this.firstLine;
      const left = Math.floor((view.left - margin) / this.cellPx) - this.firstCol;
      const right = Math.floor((view.right + margin) / this.cellPx) - this.firstCol;
      if ((top < 0 && this.isOpenAbove) || (bottom >= this.lines && this.isOpenBelow)) {
        return null;
      }
      if (!this.wraps && (left < 0 || right >= this.cols)) {
        return null;
      }
      return {
        firstLine: Math.max(top, 0),
        lastLine: Math.min(bottom, this.lines - 1),
        firstCol: this.wraps ? 0 : left,
        lastCol: this.wraps ? this.cols - 1 : right,
      };
    }

    emptyGroup(host) {
      const col = this.firstCol + (host % this.cols);
      const line = this.firstLine + Math.floor(host / this.cols);
      const first = this.first[host];
      return {
        host,
        // Names the same cell from every view.
        place: `${this.zoom}/${line}/${col & (this.worldCells - 1)}`,
        row: this.points.rows ? this.points.rows[first] : first,
        count: 0,
        kinds: new Array(KINDS).fill(0),
        x: col * this.cellPx + this.x[host],
        y: line * this.cellPx + this.y[host],
      };
    }

    add(group, cell) {
      group.count += this.count[cell];
      for (let kind = 0; kind < KINDS; kind++) {
        group.kinds[kind] += this.kinds[cell * KINDS + kind];
      }
    }

    copiesIn(view, group) {
      if (group.y < view.top - PAD_PX || group.y > view.bottom + PAD_PX) {
        return [];
      }
      const copies = [];
      const first = Math.ceil((view.left - PAD_PX - group.x) / this.worldPx);
      for (let x = group.x + first * this.worldPx; x <= view.right + PAD_PX; x += this.worldPx) {
        copies.push({ ...group, x, copy: Math.floor(x / this.worldPx) });
      }
      return copies;
    }

    /** The cell of a position; -1 outside the area. */
    cellAt(x, y) {
      const line = (y >>> this.shift) - this.firstLine;
      const col = ((x >>> this.shift) - this.firstCol) & (this.worldCells - 1);
      return line >= 0 && line < this.lines && col < this.cols ? line * this.cols + col : -1;
    }
  }

  function clamp(value, least, most) {
    return Math.max(least, Math.min(value, most));
  }

  /** A number of 32 bits -> another that looks like chance; different ones stay different (Murmur's last step). */
  function scatter(number) {
    let bits = number;
    bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
    return (bits ^ (bits >>> 16)) >>> 0;
  }

  // ---- questions -------------------------------------------------------------------------------

  /** {grid, groups}: what a view (left, right, top, bottom in world pixels) shows of the points at a zoom.
   *
   * A group is {x, y: world pixels, count, kinds: count per status, row: its first plant, host: its cell in the
   * grid, place and copy: what it is called from every view}. With `last`, the grid of the drawing before,
   * nothing is counted again as long as the view stays where that grid can tell.
   *
   * @param {ShownPlants} points
   * @param {number} zoom
   * @param {Box} view in world pixels
   * @param {Grid | null} last
   * @returns {{ grid: Grid, groups: PlantGroup[] }}
   */
  function group(points, zoom, view, last = null) {
    const rules = rulesFor(points.size, zoom, view.right - view.left, view.bottom - view.top);
    return groupBy(rules, points, zoom, view, last);
  }

  function groupBy(rules, points, zoom, view, last) {
    if (last && last.points === points && last.zoom === zoom && last.rules.apart === rules.apart) {
      const groups = last.groupsIn(view);
      if (groups) {
        return { grid: last, groups };
      }
    }
    const seen = PAD_PX + rules.reach; // so far out lie the members of what the view shows
    for (let chain = USUAL_CHAIN * rules.reach; ; chain *= 2) {
      const grid = new Grid(points, zoom, rules, grow(view, seen + chain));
      const groups = grid.groupsIn(view);
      if (groups) {
        return { grid, groups };
      }
    }
  }

  function grow(view, margin) {
    return {
      left: view.left - margin,
      right: view.right + margin,
      top: view.top - margin,
      bottom: view.bottom + margin,
    };
  }

  /** The cell that hosts the plant at a position, as in a group's `host`; -1 if the grid cannot tell.
   *
   * @param {Grid} grid
   * @param {number} x
   * @param {number} y
   * @returns {number}
   */
  function holder(grid, x, y) {
    const cell = grid.cellAt(x, y);
    return cell >= 0 && grid.count[cell] ? grid.hostOf(cell) : -1;
  }

  /** Row numbers of the plants in the group of a host.
   *
   * @param {Grid} grid
   * @param {number} host
   * @returns {number[]}
   */
  function members(grid, host) {
    const { x, y, size, rows } = grid.points;
    const found = [];
    for (let i = 0; i < size; i++) {
      const cell = grid.cellAt(x[i], y[i]);
      if (cell >= 0 && grid.hosts[cell] === host) {
        found.push(rows ? rows[i] : i);
      }
    }
    return found;
  }

  /** The smallest zoom from which a plant shares its mark with no more plants than at the largest zoom.
   *
   * @param {ShownPlants} points
   * @param {number} x
   * @param {number} y
   * @param {L.Point} size of the map
   * @param {number} from
   * @param {number} to
   * @returns {number}
   */
  function openZoom(points, x, y, size, from, to) {
    const least = companyAt(points, x, y, size, to);
    for (let zoom = from; zoom < to; zoom++) {
      if (companyAt(points, x, y, size, zoom) === least) {
        return zoom;
      }
    }
    return to;
  }

  /** How many plants the group of a position has at a zoom. */
  function companyAt(points, x, y, size, zoom) {
    const px = 2 ** (zoom - 24);
    const rules = rulesFor(points.size, zoom, size.x, size.y);
    const spot = grow({ left: x * px, right: x * px, top: y * px, bottom: y * px }, 2 * rules.reach);
    const { grid, groups } = groupBy(rules, points, zoom, spot, null);
    const host = holder(grid, x, y);
    const found = groups.find((one) => one.host === host);
    return found ? found.count : 0;
  }

  window.AtlasGroups = { pick, group, members, holder, openZoom, radius, bytes };
})();
