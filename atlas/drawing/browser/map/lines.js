/* Lines from a start to plants: the shortest ways over the Earth, and the start's own mark.
 *
 * `lines` as plants.js hands them on, null for none:
 *   name     what stands beside the start
 *   here     [latitude, longitude] of it, in degrees
 *   places   numbers of the plants that a line goes to
 *
 * A way that crosses the 180th meridian goes on beyond it, and every way is drawn on three copies of the
 * world, so that none is torn at an edge of the map. On the map of a sphere these are great circles; how far
 * a plant is was measured on the server.
 */
(() => {
  "use strict";

  const STEP_KM = 100; // a shorter way is a straight line on any map
  const MOST_STEPS = 64;
  const EARTH_KM = 6371;
  const COPIES = [-360, 0, 360];
  const RADIANS = Math.PI / 180;

  /** The lines of one map; `draw` replaces those of the drawing before. */
  class Lines {
    /** @param {L.Map} map */
    constructor(map) {
      map.createPane("atlas-lines").style.zIndex = "590"; // below the plants
      map.createPane("atlas-start").style.zIndex = "620"; // and the start above them
      this.layers = L.layerGroup().addTo(map);
      this.drawn = "";
    }

    /**
     * @param {PlantColumns | null} columns
     * @param {StartLines | null} lines
     */
    draw(columns, lines) {
      const text = JSON.stringify(lines);
      if (text === this.drawn) {
        return;
      }
      this.drawn = text;
      this.layers.clearLayers();
      if (!lines) {
        return;
      }
      const ways = lines.places.map((place) => way(lines.here, plantAt(columns, place)));
      for (const turn of COPIES) {
        /** @type {Degrees[][]} */
        const moved = ways.map((points) => points.map(([lat, lng]) => [lat, lng + turn]));
        L.polyline(moved, { pane: "atlas-lines", className: "atlas-line", interactive: false }).addTo(
          this.layers,
        );
        startMark(lines, turn).addTo(this.layers);
      }
    }
  }

  /** A ring around the start with its name; it lets every click through to what is below. */
  function startMark({ name, here: [lat, lng] }, turn) {
    const html = document.createElement("div");
    const label = window.AtlasMarks.textElement("span", name);
    label.className = "atlas-label";
    html.append(label);
    const icon = L.divIcon({ html, className: "atlas-start", iconSize: null });
    const options = { icon, pane: "atlas-start", interactive: false, keyboard: false };
    return L.marker([lat, lng + turn], options);
  }

  /** Latitude and longitude of a plant, from its place on the map in 2^32 steps.
   *
   * @param {PlantColumns} columns
   * @param {number} place
   * @returns {Degrees}
   */
  function plantAt({ x, y }, place) {
    const north = Math.PI * (1 - (2 * y[place]) / 2 ** 32);
    return [Math.atan(Math.sinh(north)) / RADIANS, (x[place] / 2 ** 32) * 360 - 180];
  }

  /** The shortest way as points; longitudes go on without a jump, so they may be beyond 180.
   *
   * @param {Degrees} from
   * @param {Degrees} to
   * @returns {Degrees[]}
   */
  function way(from, to) {
    const [a, b] = [onSphere(from), onSphere(to)];
    const angle = Math.atan2(length(cross(a, b)), dot(a, b));
    const steps = Math.min(MOST_STEPS, Math.ceil((angle * EARTH_KM) / STEP_KM));
    const points = [from];
    let before = from[1];
    for (let step = 1; step <= steps; step += 1) {
      const [lat, lng] = step === steps ? to : between(a, b, angle, step / steps);
      before = nearestTurn(lng, before);
      points.push([lat, before]);
    }
    return points;
  }

  /** The point at a share of the way (slerp).
   *
   * @param {Vector} a
   * @param {Vector} b
   * @param {number} angle between the two
   * @param {number} share
   * @returns {Degrees}
   */
  function between(a, b, angle, share) {
    const [left, right] = [Math.sin((1 - share) * angle), Math.sin(share * angle)];
    const [x, y, z] = a.map((part, i) => left * part + right * b[i]);
    return [Math.atan2(z, Math.hypot(x, y)) / RADIANS, Math.atan2(y, x) / RADIANS];
  }

  function nearestTurn(lng, other) {
    return lng + 360 * Math.round((other - lng) / 360);
  }

  /**
   * @param {Degrees} point
   * @returns {Vector}
   */
  function onSphere([lat, lng]) {
    const [phi, lambda] = [lat * RADIANS, lng * RADIANS];
    return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
  }

  /**
   * @param {Vector} left
   * @param {Vector} right
   * @returns {Vector}
   */
  function cross([a, b, c], [d, e, f]) {
    return [b * f - c * e, c * d - a * f, a * e - b * d];
  }

  function dot(a, b) {
    return a.reduce((sum, part, i) => sum + part * b[i], 0);
  }

  function length(vector) {
    return Math.hypot(...vector);
  }

  window.AtlasLines = { Lines, way };
})();
