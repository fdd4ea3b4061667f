/* What stands beside single plants when only a few are in view: their names, and how sure their place is. */
(() => {
  "use strict";

  const MOST = 20; // labelled plants in a view
  const GAP_PX = 5;

  /** Names and accuracy circles of one map; `draw` replaces those of the drawing before. */
  class Labels {
    /** @param {L.Map} map */
    constructor(map) {
      this.map = map;
      this.pane = map.createPane("atlas-plant-labels");
      this.pane.style.zIndex = "610";
      this.circles = L.layerGroup().addTo(map);
    }

    clear() {
      this.pane.replaceChildren();
      this.circles.clearLayers();
    }

    hideNames() {
      this.pane.replaceChildren();
    }

    /** For single plants whose name is known; `groups` are all groups in view, so that no name covers one.
     *
     * Fires "atlas:room" with the boxes of marks and names, in pixels of the world at the map's zoom.
     *
     * @param {PlantTable} table
     * @param {PlantGroup[]} groups
     * @param {number} selected number of a plant, or -1
     */
    draw(table, groups, selected) {
      this.clear();
      const all = groups.filter((group) => group.count === 1);
      const isMain = (group) => table.columns.status[group.row] === table.main || group.row === selected;
      const singles = all.length > MOST && table.main !== null ? all.filter(isMain) : all;
      let names = [];
      if (singles.length <= MOST) {
        const known = singles.filter((group) => table.about(group.row));
        known.forEach((group) => this.drawAccuracy(table, group));
        names = this.drawNames(table, known, groups, selected);
      }
      this.map.fire("atlas:room", { zoom: this.map.getZoom(), boxes: [...groups.map(discBox), ...names] });
    }

    /** A circle as large as the place is unsure, where it is wider than the mark and its edge can be in view.
     *
     * A country wide one, seen from near, would have so many dashes that browsers stand still.
     *
     * @param {PlantTable} table
     * @param {PlantGroup} group
     */
    drawAccuracy(table, group) {
      const zoom = this.map.getZoom();
      const centre = this.map.unproject([group.x, group.y], zoom);
      const accuracy = table.about(group.row).accuracy;
      const metresPerPixel = (40075016.7 * Math.cos((centre.lat * Math.PI) / 180)) / (256 * 2 ** zoom);
      const radius = accuracy / metresPerPixel;
      const { x, y } = this.map.getSize();
      if (radius > 1.5 * window.AtlasGroups.radius(1) && radius < 2 * Math.hypot(x, y)) {
        const look = window.AtlasMarks.look(table.statuses, table.columns.status[group.row]);
        const doubt = table.columns.unsure?.[group.row] ? " atlas-accuracy-unsure" : "";
        const className = `atlas-accuracy atlas-status-${look}${doubt}`;
        L.circle(centre, { radius: accuracy, interactive: false, className }).addTo(this.circles);
      }
    }

    /**
     * @param {PlantTable} table
     * @param {PlantGroup[]} singles
     * @param {PlantGroup[]} groups
     * @param {number} selected
     * @returns {Box[]} of the names that found room
     */
    drawNames(table, singles, groups, selected) {
      const weight = ({ row }) =>
        Number(row === selected) * 2 + Number(table.columns.status[row] === table.main);
      const ordered = [...singles].sort((a, b) => weight(b) - weight(a) || a.row - b.row);
      const labels = ordered.map((group) => nameLabel(table.about(group.row), group.row === selected));
      this.pane.append(...labels);
      // All are measured before any is moved: the browser lays the page out once.
      const sizes = labels.map((label) => [label.offsetWidth, label.offsetHeight]);
      const view = this.map.getPixelBounds();
      const taken = [...groups.map(discBox), ...controlBoxes(this.map, view)];
      const origin = this.map.getPixelOrigin();
      const placed = [];
      ordered.forEach((group, i) => {
        const place = freePlace(group, sizes[i], taken, view);
        if (place) {
          taken.push(place);
          placed.push(place);
          L.DomUtil.setPosition(labels[i], L.point(place.left - origin.x, place.top - origin.y).round());
        } else {
          labels[i].remove();
        }
      });
      return placed;
    }
  }

  /** A name without the word that all have, and its models in a second line.
   *
   * @param {About} about
   * @param {boolean} isSelected
   */
  function nameLabel({ name, models }, isSelected) {
    const label = window.AtlasMarks.textElement("div", name.replace(/ Plant(?= \(|$)/, ""));
    if (models) {
      const line = window.AtlasMarks.textElement("div", models);
      line.className = "atlas-label-models";
      label.append(line);
    }
    label.className = "atlas-label" + (isSelected ? " atlas-label-selected" : "");
    label.setAttribute("aria-hidden", "true");
    return label;
  }

  // ---- room ------------------------------------------------------------------------------------

  function box(x, y, halfWidth, halfHeight) {
    return { left: x - halfWidth, right: x + halfWidth, top: y - halfHeight, bottom: y + halfHeight };
  }

  function discBox(group) {
    const radius = window.AtlasGroups.radius(group.count);
    return box(group.x, group.y, radius, radius);
  }

  /** Controls and notices, in pixels of the world as the marks are: no name lies under one.
   *
   * @param {L.Map} map
   * @param {L.Bounds} view
   * @returns {Box[]}
   */
  function controlBoxes(map, view) {
    const container = map.getContainer();
    const frame = container.getBoundingClientRect();
    return [...container.querySelectorAll(".leaflet-control, .atlas-notice")].map((element) => {
      const { left, right, top, bottom } = element.getBoundingClientRect();
      const [x, y] = [view.min.x - frame.left, view.min.y - frame.top];
      return { left: left + x, right: right + x, top: top + y, bottom: bottom + y };
    });
  }

  /** Right of the plant, left, above or below: the first that is free, if possible within the view.
   *
   * @param {PlantGroup} group
   * @param {number[]} size width and height
   * @param {Box[]} taken
   * @param {L.Bounds} view
   * @returns {Box | undefined}
   */
  function freePlace(group, [width, height], taken, view) {
    const gap = window.AtlasGroups.radius(1) + GAP_PX;
    const places = [
      box(group.x + gap + width / 2, group.y, width / 2, height / 2),
      box(group.x - gap - width / 2, group.y, width / 2, height / 2),
      box(group.x, group.y - gap - height / 2, width / 2, height / 2),
      box(group.x, group.y + gap + height / 2, width / 2, height / 2),
    ];
    const free = places.filter((place) => !taken.some((other) => overlap(place, other)));
    return free.find((place) => within(place, view)) || free[0];
  }

  /**
   * @param {Box} place
   * @param {L.Bounds} view
   */
  function within(place, { min, max }) {
    return place.left >= min.x && place.right <= max.x && place.top >= min.y && place.bottom <= max.y;
  }

  function overlap(a, b) {
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  }

  window.AtlasLabels = { Labels };
})();
