/* Plants on one spot: a list to pick from, by mouse and by keyboard. */
(() => {
  "use strict";

  const { gettext, ngettext, number } = window.AtlasWords;
  const MOST = 200;
  const WIDTH_PX = 260;
  const HEIGHT_PX = 220; // both as in atlas.css
  const FROM_EDGE_PX = 8;

  /** The one list of a map; `pick(row)` is called for the plant that is chosen. */
  class List {
    /**
     * @param {L.Map} map
     * @param {(row: number) => void} pick
     */
    constructor(map, pick) {
      this.map = map;
      this.pick = pick;
      this.element = null;
      this.rows = [];
    }

    /** Lists these plants of a table beside a point of the map; Escape leads back to `opener`.
     *
     * @param {PlantTable} table
     * @param {number[]} rows
     * @param {L.Point} point
     * @param {HTMLElement} opener
     */
    open(table, rows, point, opener) {
      this.close();
      this.table = table;
      this.rows = rows.slice(0, MOST);
      this.element = document.createElement("div");
      this.element.className = "atlas-list";
      this.element.setAttribute("role", "dialog");
      this.element.setAttribute(
        "aria-label",
        ngettext("{number} plant at this place", "{number} plants at this place", rows.length),
      );
      this.element.append(...this.rows.map((row) => this.button(row)));
      if (rows.length > MOST) {
        const rest = number(rows.length - MOST);
        const more = gettext("and {number} more; use the filters to narrow down", { number: rest });
        this.element.append(window.AtlasMarks.textElement("p", more));
      }
      this.place(point);
      this.listen(opener);
      this.map.getContainer().append(this.element);
      this.element.querySelector("button").focus();
    }

    button(row) {
      const { icon, textElement, noName } = window.AtlasMarks;
      const button = document.createElement("button");
      button.type = "button";
      button.append(icon(this.table.statuses, this.table.columns.status[row]), textElement("span", noName()));
      button.addEventListener("click", () => this.pick(row));
      return button;
    }

    /** Writes the names, once they are known. */
    fill() {
      if (this.element) {
        this.element.querySelectorAll("span").forEach((text, i) => {
          text.textContent = this.table.about(this.rows[i]).name;
        });
      }
    }

    /** Beside the point, and on the map. */
    place(point) {
      const size = this.map.getSize();
      const left = Math.min(point.x + 14, size.x - WIDTH_PX - FROM_EDGE_PX);
      const top = Math.min(point.y - 20, size.y - HEIGHT_PX - FROM_EDGE_PX);
      this.element.style.left = Math.max(FROM_EDGE_PX, left) + "px";
      this.element.style.top = Math.max(FROM_EDGE_PX, top) + "px";
    }

    listen(opener) {
      this.element.addEventListener("keydown", (event) => {
        if (event.key === "Escape") {
          event.preventDefault(); // the plant stays selected
          this.close();
          (opener.isConnected ? opener : this.map.getContainer()).focus();
        }
      });
      L.DomEvent.disableClickPropagation(this.element);
      L.DomEvent.disableScrollPropagation(this.element);
    }

    close() {
      if (this.element) {
        this.element.remove();
        this.element = null;
      }
    }
  }

  window.AtlasList = { List };
})();
