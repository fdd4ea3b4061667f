/* What the view leaves out: how many plants, the way to all of them, and the way back to the first view. */
(() => {
  "use strict";

  const { gettext, ngettext } = window.AtlasWords;
  const STEPS = 24; // positions have 2^32 steps around a world of 256 px at zoom 0
  const HOME =
    '<svg viewBox="0 0 24 24" width="18" height="18" fill="none" stroke="currentColor" stroke-width="2" ' +
    'stroke-linejoin="round" aria-hidden="true"><path d="M4 11.5 12 4l8 7.5V20h-5.5v-5h-5v5H4z"/></svg>';

  /** The number of shown plants whose place is out of view.
   *
   * @param {L.Map} map
   * @param {ShownPlants} points
   * @returns {number}
   */
  function outside(map, points) {
    const { min, max } = map.getPixelBounds();
    const steps = 2 ** (STEPS - map.getZoom());
    const left = Math.floor(min.x * steps);
    const width = Math.min((max.x - min.x) * steps, 2 ** 32);
    const [top, bottom] = [min.y * steps, max.y * steps];
    const { x, y, size } = points;
    let count = 0;
    for (let i = 0; i < size; i++) {
      // The difference modulo 2^32 leads around the world, whatever copy of it is in view.
      count += Number((x[i] - left) >>> 0 > width || y[i] < top || y[i] > bottom);
    }
    return count;
  }

  /** The home button and the line about plants out of view; both act through the plant layer. */
  class Overview {
    /**
     * @param {L.Map} map
     * @param {{ goHome: () => void, showAll: () => void }} acts
     */
    constructor(map, { goHome, showAll }) {
      this.map = map;
      this.addHome(goHome);
      this.button = document.createElement("button");
      this.button.type = "button";
      this.button.className = "atlas-chip";
      this.button.addEventListener("click", showAll);
      L.DomEvent.disableClickPropagation(this.button);
      this.chip = new L.Control({ position: "topleft" });
      this.chip.onAdd = () => this.button;
    }

    addHome(goHome) {
      const link = document.createElement("a");
      link.href = "#";
      link.className = "atlas-home";
      link.title = gettext("Back to the first view");
      link.setAttribute("role", "button");
      link.setAttribute("aria-label", link.title);
      link.innerHTML = HOME;
      L.DomEvent.disableClickPropagation(link);
      link.addEventListener("click", (event) => {
        event.preventDefault();
        goHome();
      });
      this.map.zoomControl.getContainer().append(link);
    }

    /** Says how many of the shown plants are out of view; nothing where all are in it.
     *
     * @param {ShownPlants} points
     */
    draw(points) {
      const count = outside(this.map, points);
      if (count) {
        this.button.textContent = ngettext(
          "{number} plant outside this view – show it",
          "{number} plants outside this view – show them",
          count,
        );
        this.chip.addTo(this.map);
      } else {
        this.chip.remove();
      }
    }
  }

  window.AtlasOverview = { Overview, outside };
})();
