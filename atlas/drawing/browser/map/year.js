/* A year on the map: all plants that built in it look alike, the others are pale spots, and the year is large. */
(() => {
  "use strict";

  const PANE = "atlas-ghosts";

  /** A table as it was in a year: one status, and the models of that year.
   *
   * @param {PlantTable} table
   * @param {ToldYear} told
   * @returns {PlantTable}
   */
  function tableIn(table, { words, models }) {
    return Object.assign(Object.create(table), {
      statuses: [words],
      main: 0,
      columns: { ...table.columns, status: new Uint8Array(table.size) },
      about: (row) => {
        const about = table.about(row);
        return about && { ...about, models: models[row] || "" };
      },
    });
  }

  /** The year in a corner of the map, and the plants that did not build in it. */
  class Year {
    /** @param {L.Map} map */
    constructor(map) {
      map.createPane(PANE).style.zIndex = "590";
      this.map = map;
      this.ghosts = L.layerGroup().addTo(map);
      this.box = document.createElement("div");
      this.box.className = "atlas-year";
      this.box.setAttribute("aria-hidden", "true");
      this.control = new L.Control({ position: "topleft" });
      this.control.onAdd = () => this.box;
    }

    /** Draws a year; nothing without one. `shown` are the plants that built in it; returns how many did not.
     *
     * @param {PlantColumns} columns
     * @param {ToldYear | null} told
     * @param {ShownPlants} shown
     * @returns {number}
     */
    draw(columns, told, shown) {
      this.ghosts.clearLayers();
      if (!told) {
        this.control.remove();
        return 0;
      }
      this.box.textContent = String(told.year);
      this.control.addTo(this.map);
      const others = window.AtlasGroups.pick(columns, told.ghosts);
      const building = new Set(shown.rows || Array.from({ length: shown.size }, (_, row) => row));
      let count = 0;
      for (let i = 0; i < others.size; i++) {
        if (!building.has(others.rows ? others.rows[i] : i)) {
          count += 1;
          const place = this.map.unproject(L.point(others.x[i], others.y[i]).divideBy(2 ** 24), 0);
          const options = { pane: PANE, radius: 5, interactive: false, className: "atlas-ghost" };
          L.circleMarker(place, options).addTo(this.ghosts);
        }
      }
      return count;
    }
  }

  window.AtlasYear = { Year, tableIn };
})();
