/* Where the visitor looks, and on which layer: kept for the browser tab, and in the page's address once the
 * visitor chose it.
 *
 * `at=41.5,14.2,7` (latitude, longitude, zoom) and `layer=streets` are this layer's own parameters: the server
 * hands them on unread.
 */
(() => {
  "use strict";

  const KEY = "atlas-view";
  const LAYER_KEY = "atlas-layer";
  const [AT, LAYER] = ["at", "layer"];
  const GESTURES = ["pointerdown", "pointerup", "wheel", "keydown"];
  const GESTURE_MS = 1500; // what moves so soon after one was moved by it

  /** The page around the map; null in the offline file, where the map is the page. */
  function page() {
    return window.frameElement?.ownerDocument.defaultView || null;
  }

  function parameters() {
    return (page()?.location.search || "").slice(1).split("&").filter(Boolean);
  }

  /** The value of a parameter in the address of the page, "" for none. */
  function read(name) {
    const text = parameters().find((one) => one.startsWith(`${name}=`)) || "";
    return decodeURIComponent(text.slice(name.length + 1));
  }

  /** Puts `value` into the address of the page, or takes the old one out, without an entry in its history. */
  function write(name, value) {
    const around = page();
    const before = parameters();
    const others = before.filter((one) => !one.startsWith(`${name}=`));
    const after = value ? [...others, `${name}=${value}`] : others;
    if (around && after.join("&") !== before.join("&")) {
      const query = after.length ? `?${after.join("&")}` : "";
      const { pathname, hash } = around.location;
      around.history.replaceState(around.history.state, "", pathname + query + hash);
    }
  }

  /** The view that the address asks for, or null. */
  function asked() {
    const numbers = read(AT).split(",");
    const [lat, lng, zoom] = numbers.map(Number);
    const isView =
      numbers.length === 3 && Math.abs(lat) <= 90 && Math.abs(lng) <= 360 && zoom >= 0 && zoom <= 22;
    return isView ? { lat, lng, zoom } : null;
  }

  /** The layer that the address names; `isOwn`: the visitor chose it here, and not who made the link.
   *
   * @returns {{ key: string, isOwn: boolean }}
   */
  function askedLayer() {
    const key = read(LAYER);
    try {
      return { key, isOwn: window.sessionStorage.getItem(LAYER_KEY) === key };
    } catch {
      return { key, isOwn: false };
    }
  }

  /** Remembers the layer that a visitor chose, "" for the built-in map.
   *
   * @param {string} key
   */
  function keepLayer(key) {
    write(LAYER, key);
    try {
      window.sessionStorage.setItem(LAYER_KEY, key);
    } catch (error) {
      console.info("The layer cannot be remembered:", error.message);
    }
  }

  class Sight {
    /** @param {L.Map} map */
    constructor(map) {
      this.map = map;
      this.movedMs = Number.NEGATIVE_INFINITY;
      for (const gesture of GESTURES) {
        map.getContainer().addEventListener(gesture, (event) => this.touched(event), { capture: true });
      }
    }

    /** @param {Event} event */
    touched({ target, timeStamp }) {
      const isOnPlant = target instanceof Element && target.closest(".atlas-plant");
      this.movedMs = isOnPlant ? Number.NEGATIVE_INFINITY : timeStamp;
    }

    /** The map shows a result whole: no need to say where. */
    forget() {
      this.movedMs = Number.NEGATIVE_INFINITY;
      write(AT, "");
    }

    /** After each move. `key` names the result, `plant` the number of the plant that was moved for. */
    keep(key, plant) {
      const { lat, lng } = this.map.getCenter();
      const zoom = this.map.getZoom();
      if (performance.now() - this.movedMs < GESTURE_MS) {
        write(AT, `${lat.toFixed(4)},${lng.toFixed(4)},${zoom}`);
      }
      try {
        window.sessionStorage.setItem(KEY, JSON.stringify({ key, plant, lat, lng, zoom }));
      } catch (error) {
        console.info("The view cannot be remembered:", error.message);
      }
    }

    /** The view to begin with: the address's, else the tab's of the same result, else null. */
    first(key) {
      const wanted = asked();
      if (wanted) {
        return { ...wanted, isAsked: true };
      }
      try {
        const view = JSON.parse(window.sessionStorage.getItem(KEY) || "null");
        return view && view.key === key ? view : null;
      } catch (error) {
        console.info("No remembered view:", error.message);
        return null;
      }
    }
  }

  window.AtlasSight = { Sight, askedLayer, keepLayer };
})();
