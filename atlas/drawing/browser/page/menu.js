/* Closes the menu on a narrow screen, where it covers the page, after a page was chosen in it or the page
 * beside it was touched. Streamlit would keep it open, and open again after each reload.
 */
(() => {
  const NARROW = matchMedia("(width <= 768px)");

  /** @param {MouseEvent} event */
  function clicked({ target }) {
    const menu = document.querySelector('.stSidebar[data-collapsed="false"]');
    if (!menu || !NARROW.matches || !(target instanceof Element)) {
      return;
    }
    if (target.closest(menu.contains(target) ? '[data-testid="stPageLink"] a' : ".stMain")) {
      /** @type {HTMLElement | null} */
      const close = menu.querySelector('[data-testid="stSidebarCollapseButton"] button');
      close?.click();
    }
  }

  document.addEventListener("click", clicked);
})();
