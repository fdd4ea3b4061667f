/* "Report a mistake" beside the source of a fact: a ready report to copy, and to send where the operator says.
 * Nothing leaves the browser before a click on the link.
 */
(() => {
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
    /** @type {Record<string, string>} */
    const said = JSON.parse(card.dataset.words ?? "{}"); // in the language of the card
    const values = about(button, card);
    const box = document.createElement("textarea");
    const copy = document.createElement("button");
    box.value = filled(said.report, values);
    box.rows = 7;
    box.setAttribute("aria-label", said.label);
    Object.assign(copy, { type: "button", className: "atlas-copy", textContent: said.copy });
    copy.dataset.copied = said.copied;
    const form = document.createElement("span");
    form.className = "atlas-report-form";
    form.append(box, copy);
    const target = card.dataset.corrections;
    if (target) {
      const link = document.createElement("a");
      Object.assign(link, { target: "_blank", rel: "noopener noreferrer", textContent: said.send });
      const address = () => {
        const text = { title: filled(said.title, values), text: box.value };
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
