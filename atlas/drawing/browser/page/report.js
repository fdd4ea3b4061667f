/* "Report a mistake" beside the source of a fact: a ready report to copy, and to send where the operator says.
 * Nothing leaves the browser before a click on the link.
 */
(() => {
  const REPORT =
    "Plant: {plant}\nFact: {fact}\nSource: {source}\nPage: {page}\n\nWhat is wrong, and how do you know?\n";
  const TITLE = "Correction: {plant}, {fact}";

  /**
   * @param {string} text
   * @param {Record<string, string>} values
   */
  function filled(text, values) {
    return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  }

  /** @param {Element | null | undefined} element */
  function words(element) {
    return (element?.textContent ?? "").replace(/\s+/g, " ").trim();
  }

  /**
   * What a report is about, read from the card.
   *
   * @param {Element} button
   * @param {Element} card
   */
  function about(button, card) {
    const term = words(button.closest(".atlas-facts > div")?.querySelector("b"));
    const value = words(button.closest(".atlas-fact")?.querySelector("summary > :is(span, h2)"));
    const panel = button.closest(".atlas-panel");
    const sources = [...(panel?.querySelectorAll("p:not(:last-child)") ?? [])].map((line) => {
      const link = line.querySelector("a");
      return link ? `${words(line)} ${link.href}` : words(line);
    });
    return {
      plant: words(card.querySelector("h2")),
      fact: term ? `${term}: ${value}` : value,
      source: sources.join(" "),
      page: location.href,
    };
  }

  /** @param {Element} button */
  function open(button) {
    const card = /** @type {HTMLElement | null} */ (button.closest(".atlas-card"));
    if (!card) {
      return;
    }
    const values = about(button, card);
    const box = document.createElement("textarea");
    const copy = document.createElement("button");
    box.value = filled(REPORT, values);
    box.rows = 7;
    box.setAttribute("aria-label", "Your report");
    Object.assign(copy, { type: "button", className: "atlas-copy", textContent: "Copy" });
    const form = document.createElement("span");
    form.className = "atlas-report-form";
    form.append(box, copy);
    const target = card.dataset.corrections;
    if (target) {
      const link = document.createElement("a");
      Object.assign(link, { target: "_blank", rel: "noopener noreferrer", textContent: "Send" });
      const address = () => {
        const text = { title: filled(TITLE, values), text: box.value };
        const quoted = Object.entries(text).map(([name, said]) => [name, encodeURIComponent(said)]);
        link.href = filled(target, Object.fromEntries(quoted));
      };
      address();
      box.addEventListener("input", address);
      form.append(link);
    }
    button.replaceWith(form);
    box.focus();
  }

  document.addEventListener("click", ({ target }) => {
    const button = /** @type {Element} */ (target).closest("button.atlas-report");
    if (button) {
      open(button);
    }
  });
})();
