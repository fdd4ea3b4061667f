/* The menus at the top of a page: a button copies the text beside it; a click elsewhere or Escape closes them.
 * Who has brought a table of their own is asked before it goes with the page.
 */
(() => {
  const SAYS_COPIED_MS = 2000;

  /** @param {HTMLButtonElement} button */
  async function copy(button) {
    const box = /** @type {HTMLTextAreaElement} */ (button.previousElementSibling);
    box.select();
    try {
      await navigator.clipboard.writeText(box.value);
    } catch {
      document.execCommand("copy"); // where the server is not reached by https, browsers have no clipboard
    }
    const { copied } = button.dataset;
    if (!copied || button.textContent === copied) {
      return;
    }
    const label = button.textContent;
    button.textContent = copied;
    setTimeout(() => {
      button.textContent = label;
    }, SAYS_COPIED_MS);
  }

  /** Shows the page in a language; the visit goes on, as with the browser's own way back and forth.
   *
   * @param {string} code
   */
  function speak(code) {
    const address = new URL(location.href);
    address.searchParams.set("lang", code);
    history.pushState(history.state, "", address);
    dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
  }

  /** @returns {HTMLDetailsElement[]} */
  function openMenus() {
    return [...document.querySelectorAll(/** @type {"details"} */ ("details.atlas-menu[open]"))];
  }

  document.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    /** @type {HTMLButtonElement | null} */
    const button = target.closest("button.atlas-copy");
    if (button) {
      copy(button);
    }
    for (const menu of openMenus()) {
      menu.open = menu.contains(target);
    }
    if (target.closest("button.atlas-past")) {
      /** @type {HTMLElement | null | undefined} */
      const links = target.closest(".atlas-card")?.querySelector(".atlas-links");
      links?.focus(); // past the sources of all facts
    }
    /** @type {HTMLAnchorElement | null} */
    const language = target.closest(".atlas-languages a");
    if (language && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      speak(language.hreflang);
    }
  });

  // The first answer says which language it has; another may be chosen on the page.
  new MutationObserver(() => {
    /** @type {HTMLElement | null} */
    const menus = document.querySelector(".atlas-menus[lang]");
    const root = document.documentElement;
    if (menus?.lang && (menus.lang !== root.lang || !root.style.getPropertyValue("--menu"))) {
      root.lang = menus.lang;
      root.style.setProperty("--menu", JSON.stringify(menus.dataset.menu));
      root.style.setProperty("--menu-and-filters", JSON.stringify(menus.dataset.menuAndFilters));
    }
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["lang"] });

  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector(".atlas-menus[data-own-table]")) {
      event.preventDefault(); // the browser asks, in its own words
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      for (const menu of openMenus()) {
        menu.open = false;
        menu.querySelector("summary")?.focus();
      }
    }
  });
})();
