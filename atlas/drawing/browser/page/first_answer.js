/* Keeps the first answer in front of the page until the live page stands behind it, then takes it away.
 *
 * It leaves #root before Streamlit clears that, and hides #root meanwhile, so nothing jumps and nothing
 * flickers. The page is live when the map has its plants or, on pages without a map, when Streamlit's script
 * has run and all that it draws is loaded; a page that shows an error, or is late, is live as well. The links
 * beside it stay a moment longer, until all is there that stands beside the live page.
 */
(() => {
  const LOOK_EVERY_MS = 20;
  const PATIENCE_MS = 8000; // from the live page's first heading or message on
  const LONGEST_MS = 60000;
  const LINKS_AFTER_MS = 3000; // at the latest, from the live page on
  const NARROW = "(width <= 768px)"; // there the links stand below the page
  const first = document.getElementById("atlas-first");
  const began = performance.now();
  let seen = 0;

  /** The theme that the visitor chose in Streamlit's menu, which keeps it for each page's address. */
  function chosenTheme() {
    const key = Object.keys(localStorage).find((name) =>
      name.startsWith(`stActiveTheme-${location.pathname}`),
    );
    return /"name":"(Light|Dark)"/.exec((key && localStorage.getItem(key)) || "")?.[1].toLowerCase();
  }

  function isLive() {
    const now = performance.now();
    if (document.querySelector(".stMain :is(h1, .stAlert, .stException)")) {
      seen ||= now;
    }
    if (now - began > LONGEST_MS || (seen && now - seen > PATIENCE_MS)) {
      return true;
    }
    if (!seen) {
      return false;
    }
    if (first.dataset.map === "1" && !document.querySelector(".stMain .stAlert")) {
      /** @type {HTMLIFrameElement | null} */
      const frame = document.querySelector('iframe[title="streamlit_folium.st_folium"]');
      return Boolean(frame?.contentDocument?.querySelector(".atlas-plant, .atlas-group"));
    }
    return isLoaded(".stMain");
  }

  /** Whether the script has run and all that it draws in a part of the page is loaded. */
  function isLoaded(part) {
    const hasRun = document.querySelector('.stApp[data-test-script-state="notRunning"]') !== null;
    return hasRun && !document.querySelector(`${part} [data-testid="stSkeleton"]`);
  }

  /** Whether the live page's links stand, and nothing beside them is going to move. */
  function hasLinks() {
    const isNarrow = window.matchMedia(NARROW).matches;
    return isNarrow || (document.querySelector(".stSidebar a") !== null && isLoaded(".stSidebar"));
  }

  const theme = chosenTheme();
  if (theme) {
    first.classList.add(`atlas-${theme}`);
  }
  document.documentElement.classList.add("atlas-waits");
  document.body.append(first);
  let live = 0;
  const watch = setInterval(() => {
    if (!live && isLive()) {
      live = performance.now();
      const scrolled = first.scrollTop;
      document.documentElement.classList.remove("atlas-waits");
      first.classList.add("atlas-taken");
      document.querySelector(".stMain")?.scrollTo(0, scrolled);
    }
    if (live && (hasLinks() || performance.now() - live > LINKS_AFTER_MS)) {
      clearInterval(watch);
      first.remove();
    }
  }, LOOK_EVERY_MS);
})();
