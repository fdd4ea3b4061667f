/* The marks on the map: one element for a plant, one for a group, the pictures they wear, their words.
 *
 * Some hundred marks appear at once when the map has zoomed, so a mark is a single element without
 * children: a plant's shape is a background picture, drawn once per status and theme (`wearTheme`); a
 * group's ring is a gradient in its border. Shapes (`AtlasLooks`) and colours (variables of CSS) come from
 * look.py. Plant text only ever becomes text nodes and attributes.
 */
(() => {
  "use strict";

  const { gettext, ngettext, number } = window.AtlasWords;
  const PLANT_PX = 28; // picture with its shadow
  const RING_PX = 5;
  const ANY = "any"; // what plants look like in a table without status
  const pictures = document.createElement("style");

  // ---- pictures --------------------------------------------------------------------------------

  /** Dresses the map's element, and draws the pictures in the colours that it has then.
   *
   * @param {HTMLElement} container
   * @param {Theme} theme
   */
  function wearTheme(container, theme) {
    if (container.dataset.theme === theme) {
      return; // Streamlit tells its theme with every run of the script
    }
    container.dataset.theme = theme;
    const colours = getComputedStyle(container);
    const edge = colours.getPropertyValue("--edge");
    pictures.textContent = window.AtlasLooks.map((look) => {
      const picture = shapePicture(look, colours.getPropertyValue("--status-" + look.code), edge);
      return `.atlas-shape-${look.code} { background-image: url("data:image/svg+xml,${encodeURIComponent(picture)}"); }`;
    }).join("\n");
    document.head.append(pictures);
  }

  /**
   * @param {StatusLook} look
   * @param {string} colour
   * @param {string} edge
   * @returns {string}
   */
  function shapePicture({ shape, isHollow }, colour, edge) {
    const [fill, stroke, width] = isHollow ? [edge, colour, 2.6] : [colour, edge, 2];
    return (
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-14 -14 28 28" width="${PLANT_PX}" height="${PLANT_PX}">` +
      `<g fill="${fill}" stroke="${stroke}" stroke-width="${width}" stroke-linejoin="round" ` +
      `style="filter: drop-shadow(0 1px 1.5px rgb(0 0 0 / 40%))">${shape}</g></svg>`
    );
  }

  /** What a plant of this status wears; `statuses` are the table's, empty if it has none.
   *
   * @param {string[]} statuses
   * @param {number} status
   * @returns {number | string}
   */
  function look(statuses, status) {
    return statuses.length ? status : ANY;
  }

  /** A shape beside words, in legend and list.
   *
   * @param {string[]} statuses
   * @param {number} status
   * @returns {HTMLElement}
   */
  function icon(statuses, status) {
    const element = document.createElement("i");
    element.className = "atlas-icon atlas-shape-" + look(statuses, status);
    return element;
  }

  // ---- elements --------------------------------------------------------------------------------

  const blank = document.createElement("div");
  blank.tabIndex = 0;
  blank.setAttribute("role", "button");

  /**
   * @param {HTMLElement} element
   * @returns {HTMLElement}
   */
  function copy(element) {
    return /** @type {HTMLElement} */ (element.cloneNode());
  }

  /**
   * @param {PlantTable} table
   * @param {number} row
   * @returns {HTMLElement}
   */
  function plantMark({ statuses, columns, main }, row) {
    const element = copy(blank);
    const status = columns.status[row];
    const name = look(statuses, status);
    const isMinor = main !== null && status !== main;
    element.className = `atlas-plant atlas-shape-${name} atlas-status-${name}${isMinor ? " atlas-minor" : ""}`;
    if (columns.unsure?.[row]) {
      element.className += " atlas-unsure";
    }
    return element;
  }

  /**
   * @param {string[]} statuses
   * @param {PlantGroup} group
   * @returns {HTMLElement}
   */
  function groupMark(statuses, { count, kinds }) {
    const element = copy(blank);
    const px = 2 * (window.AtlasGroups.radius(count) - RING_PX) + "px";
    const ring = statuses.length ? shares(count, kinds) : `linear-gradient(var(--status-${ANY}) 0 0)`;
    element.className = "atlas-group";
    element.style.cssText = `width: ${px}; height: ${px}; line-height: ${px}; --ring: ${ring}`;
    element.textContent = shortCount(count);
    return element;
  }

  /** How many are of which status: parts of a ring, clockwise from the top. */
  function shares(count, kinds) {
    const parts = [];
    let sum = 0;
    kinds.forEach((part, status) => {
      if (part) {
        sum += part;
        parts.push(`var(--status-${status}) 0 ${((100 * sum) / count).toFixed(2)}%`);
      }
    });
    return `conic-gradient(${parts.join(", ")})`;
  }

  function shortCount(count) {
    if (count < 1000) {
      return String(count);
    }
    // 999,950 would read "1000k"
    return count < 999500
      ? (count / 1e3).toFixed(count < 9950 ? 1 : 0) + "k"
      : (count / 1e6).toFixed(1) + "M";
  }

  /**
   * @template {keyof HTMLElementTagNameMap} Tag
   * @param {Tag} tag
   * @param {string} text
   * @returns {HTMLElementTagNameMap[Tag]}
   */
  function textElement(tag, text) {
    const element = document.createElement(tag);
    element.dir = "auto";
    element.textContent = text;
    return element;
  }

  // ---- words -----------------------------------------------------------------------------------

  const noName = () => gettext("Plant, name not loaded yet");

  function statusWords(table, row) {
    return table.statuses[table.columns.status[row]];
  }

  /** "position: a guess"; "" where it is sure enough.
   *
   * @param {PlantTable} table
   * @param {number} row
   * @returns {string}
   */
  function doubtWords({ columns }, row, doubt) {
    const unsure = gettext("unsure");
    return columns.unsure?.[row] ? gettext("position: {doubt}", { doubt: doubt || unsure }) : "";
  }

  /**
   * @param {PlantTable} table
   * @param {number} row
   * @param {boolean} [isPinned]
   * @returns {string}
   */
  function plantLabel(table, row, isPinned) {
    const { name, place, doubt } = table.about(row) || { name: noName() };
    const pinned = isPinned && gettext("pinned");
    const words = [name, place, statusWords(table, row), doubtWords(table, row, doubt), pinned];
    return words.filter(Boolean).join(", ");
  }

  /**
   * @param {PlantTable} table
   * @param {number} row
   * @returns {HTMLElement}
   */
  function plantTip(table, row) {
    const { name, place, models, doubt } = table.about(row) || { name: noName() };
    const tip = document.createElement("div");
    const words = [name, place, statusWords(table, row), models, doubtWords(table, row, doubt)];
    const [title, ...lines] = words.filter(Boolean);
    tip.append(textElement("strong", title), ...lines.map((line) => textElement("div", line)));
    return tip;
  }

  /** "12 plants (8: works; 4: closed)"; `holds`: with the selected plant among them.
   *
   * @param {PlantTable} table
   * @param {PlantGroup} group
   * @param {boolean} holds
   * @param {boolean} [isPinned] with a pinned plant among them
   * @returns {string}
   */
  function groupLabel(table, group, holds, isPinned) {
    const counted = table.statuses.map(
      (words, status) => /** @type {[number, string]} */ ([group.kinds[status], words]),
    );
    const parts = counted.filter(([count]) => count);
    const split = parts.length
      ? ` (${parts.map(([count, words]) => `${number(count)}: ${words}`).join("; ")})`
      : "";
    const plants = ngettext("{number} plant", "{number} plants", group.count) + split;
    const selected = holds ? gettext("{plants}, with the selected plant", { plants }) : plants;
    return isPinned ? gettext("{plants}, with a pinned plant", { plants: selected }) : selected;
  }

  window.AtlasMarks = {
    wearTheme,
    look,
    icon,
    plantMark,
    groupMark,
    textElement,
    plantLabel,
    plantTip,
    groupLabel,
    noName,
  };
})();
