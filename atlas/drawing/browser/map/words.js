/* The map's texts in the visitor's language. English stands in the scripts; other languages come with the
 * settings, from the catalogues that the pages use (see language.py).
 */
(() => {
  "use strict";

  /** In the order of the forms in a catalogue. @type {Intl.LDMLPluralRule[]} */
  const CATEGORIES = ["zero", "one", "two", "few", "many", "other"];

  /** @type {SpokenWords} */
  let spoken = { language: "en", texts: {} };

  /** Speaks a language from now on.
   *
   * @param {SpokenWords | undefined} words
   */
  function use(words) {
    spoken = words || spoken;
  }

  /** A text in the visitor's language, with values in the place of the names in braces.
   *
   * @param {string} message
   * @param {Record<string, string>} [values]
   * @returns {string}
   */
  function gettext(message, values = {}) {
    const text = spoken.texts[message];
    return filled(typeof text === "string" ? text : message, values);
  }

  /** The form of a text for a number, which stands in it as `{number}`.
   *
   * @param {string} one
   * @param {string} many
   * @param {number} count
   * @param {Record<string, string>} [values]
   * @returns {string}
   */
  function ngettext(one, many, count, values = {}) {
    const texts = spoken.texts[one];
    const forms = Array.isArray(texts) ? texts : [one, many];
    const rules = new Intl.PluralRules(spoken.language);
    const used = CATEGORIES.filter((name) => rules.resolvedOptions().pluralCategories.includes(name));
    const form = Math.min(used.indexOf(rules.select(count)), forms.length - 1);
    return filled(forms[form], { number: number(count), ...values });
  }

  /** A number as the language writes it.
   *
   * @param {number} value
   * @returns {string}
   */
  function number(value) {
    return value.toLocaleString(spoken.language);
  }

  /** The language's own name of a country by its ISO code; `name` where it has none.
   *
   * @param {string} code
   * @param {string} name
   * @returns {string}
   */
  function country(code, name) {
    if (spoken.language === "en" || !/^[A-Z]{2}$/.test(code)) {
      return name;
    }
    return new Intl.DisplayNames(spoken.language, { type: "region", fallback: "none" }).of(code) || name;
  }

  /** What an address of the server carries of the language; its answers are kept by their address. */
  function parameter() {
    return spoken.language === "en" ? "" : `&lang=${spoken.language}`;
  }

  function filled(text, values) {
    return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  }

  window.AtlasWords = { use, gettext, ngettext, number, country, parameter };
})();
