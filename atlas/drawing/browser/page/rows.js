/* A click on a row selects its plant on the map that stands, without loading the page anew.
 *
 * Without a map, or in a new tab, the row's link opens the same view.
 */
(() => {
  document.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    /** @type {HTMLElement | null | undefined} */
    const row = target.closest?.(".stMain .atlas-rows tr[data-plant]");
    const isOther = event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (!row || isOther || !window.getSelection()?.isCollapsed) {
      return;
    }
    /** @type {HTMLIFrameElement | null} */
    const frame = document.querySelector('iframe[title="streamlit_folium.st_folium"]');
    const map = frame?.contentWindow?.AtlasMap;
    if (map) {
      event.preventDefault();
      map.select(row.dataset.plant || "");
    }
  });
})();
