/* One table of plants in the browser: all positions, loaded once, and names as they are needed.
 *
 * What the server tells about a table, the same for as long as `version` is (see folium_map.py):
 *   version, size   content hash, number of plants
 *   statuses        what the status codes 0, 1, ... mean, for people; empty in a table without status
 *   points          the packed columns as base64: uint32 x of all, uint32 y of all, uint8 status of all, plus
 *                   128 where the position may be somewhere else altogether
 *   main            the status that counts most: others are drawn smaller; null where none does
 *   about           {ids, names, places, accuracy_m}: one list each, in the order of the points; with
 *                   `models` the second line of their labels, with `doubts` how sure their positions are
 * or, for a large table, where to get them:
 *   points_url      the packed columns, as they are
 *   names_url       + "?rows=1,5,9&lang=it": the same as `about`, for these plants, in this order
 * or, where the page has all of it already (offline.js):
 *   packed          the packed columns, as an ArrayBuffer
 *   lookup          function: number of a plant -> {id, name, place, accuracy, doubt}
 *
 * A table asks for names in batches and keeps what it was told; what failed is asked again by whoever
 * needs it next. Nothing here knows the page or the map.
 */
(() => {
  "use strict";

  const PAUSES_S = [1, 3, 9, 27]; // between attempts to load positions; the last one goes on
  const ROWS_A_REQUEST = 500; // what the server answers at most
  const UNSURE_BIT = 128;
  const NAMES_KEPT = 20000;
  const PATIENCE_MS = 20000; // for names; positions may take as long as they need

  class Table {
    /**
     * @param {ToldTable} told
     * @param {ArrayBuffer} packed
     */
    constructor(told, packed) {
      this.version = told.version;
      this.size = told.size;
      this.statuses = told.statuses;
      this.columns = {
        x: new Uint32Array(packed, 0, told.size),
        y: new Uint32Array(packed, 4 * told.size, told.size),
        ...statusAndDoubt(new Uint8Array(packed, 8 * told.size, told.size)),
      };
      this.main = told.main ?? null;
      this.namesUrl = told.names_url;
      this.lookup = told.lookup || ((row) => this.known.get(row));
      this.known = new Map();
      this.asked = new Map();
      if (told.about) {
        this.keep(Array.from(told.about.ids.keys()), told.about);
      }
    }

    /** {id, name, place, accuracy, models, doubt} of a plant; null while it is not known. accuracy: metres or
     * null; doubt: "" where the position is sure enough.
     *
     * @param {number} row
     * @returns {About | null}
     */
    about(row) {
      return this.lookup(row) || null;
    }

    /** Ends when all these plants are known; fails when the server does not answer. Asks once for each.
     *
     * @param {number[]} rows
     * @returns {Promise<void>}
     */
    async know(rows) {
      const missing = rows.filter((row) => !this.about(row));
      const fresh = missing.filter((row) => !this.asked.has(row));
      for (let i = 0; i < fresh.length; i += ROWS_A_REQUEST) {
        this.ask(fresh.slice(i, i + ROWS_A_REQUEST));
      }
      await Promise.all(missing.map((row) => this.asked.get(row)));
    }

    ask(rows) {
      const answer = this.fetchNames(rows).finally(() => rows.forEach((row) => this.asked.delete(row)));
      rows.forEach((row) => this.asked.set(row, answer));
    }

    async fetchNames(rows) {
      const response = await get(
        this.namesUrl + "?rows=" + rows.join(",") + window.AtlasWords.parameter(),
        AbortSignal.timeout(PATIENCE_MS),
      );
      const about = await response.json();
      if (about.ids.length !== rows.length) {
        throw new Error(`${about.ids.length} names for ${rows.length} plants`);
      }
      this.keep(rows, about);
    }

    keep(rows, { ids, names, places, accuracy_m, models = [], doubts = [] }) {
      rows.forEach((row, i) => {
        const about = { id: ids[i], name: names[i], place: places[i], accuracy: accuracy_m[i] };
        this.known.set(row, { ...about, models: models[i] || "", doubt: doubts[i] || "" });
      });
      for (const oldest of this.known.keys()) {
        if (this.known.size <= NAMES_KEPT) {
          break;
        }
        this.known.delete(oldest);
      }
    }
  }

  /** The status of all plants, and where any position is unsure, which (above 0); else null.
   *
   * @param {Uint8Array} bytes
   * @returns {{ status: Uint8Array, unsure: Uint8Array | null }}
   */
  function statusAndDoubt(bytes) {
    if (bytes.every((byte) => byte < UNSURE_BIT)) {
      return { status: bytes, unsure: null };
    }
    return {
      status: bytes.map((byte) => byte & (UNSURE_BIT - 1)),
      unsure: bytes.map((byte) => byte & UNSURE_BIT),
    };
  }

  /** The table, if all of it was told; null if its positions are to be fetched.
   *
   * @param {ToldTable} told
   * @returns {Table | null}
   */
  function read(told) {
    if (told.packed) {
      return new Table(told, told.packed);
    }
    return told.points === null ? null : new Table(told, window.AtlasGroups.bytes(told.points).buffer);
  }

  /** The table when its positions have arrived; null as soon as nobody wants it any more.
   *
   * A failure is told to `onTrouble`, and tried again after a while.
   *
   * @param {ToldTable} told
   * @param {{ isWanted: () => boolean, onTrouble: () => void }} hooks
   * @returns {Promise<Table | null>}
   */
  async function load(told, { isWanted, onTrouble }) {
    for (let attempt = 0; isWanted(); attempt++) {
      try {
        const table = new Table(told, await fetchPoints(told));
        return isWanted() ? table : null;
      } catch (error) {
        console.info("Positions of plants:", error.message);
        if (isWanted()) {
          onTrouble();
        }
        await pause(PAUSES_S[Math.min(attempt, PAUSES_S.length - 1)]);
      }
    }
    return null;
  }

  async function fetchPoints(told) {
    const packed = await (await get(told.points_url)).arrayBuffer();
    if (packed.byteLength !== 9 * told.size) {
      throw new Error(`${packed.byteLength} bytes for ${told.size} plants`);
    }
    return packed;
  }

  async function get(url, signal) {
    const response = await fetch(url, { signal });
    if (!response.ok) {
      throw new Error(`${url} answered ${response.status}`);
    }
    return response;
  }

  function pause(seconds) {
    return new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
  }

  window.AtlasTable = { read, load };
})();
