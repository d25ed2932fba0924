"use strict";
(() => {
  const form = document.querySelector(".filters");
  const entries = [...document.querySelectorAll(".entry")];
  const texts = entries.map((entry) => entry.textContent.toLowerCase());
  const field = (id) => document.getElementById(id);

  const filter = () => {
    const words = field("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const outcome = field("by-outcome").value;
    const level = field("by-level").value;
    let shown = 0;
    entries.forEach((entry, index) => {
      const matches = (!outcome || entry.dataset.outcome === outcome)
        && (!level || entry.dataset.level === level)
        && words.every((word) => texts[index].includes(word));
      entry.hidden = !matches;
      shown += matches ? 1 : 0;
    });
    field("shown").value = `${shown} of ${entries.length}`;
    document.querySelector(".nothing").hidden = shown > 0;
  };

  // A link to something closed or filtered away opens it.
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!(target instanceof HTMLDetailsElement)) return;
    if (target.hidden) form.reset();
    target.open = true;
    target.scrollIntoView();
  };

  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  filter();
  addEventListener("hashchange", reveal);
  reveal();

  // A closed failure would be missing on paper; of the rest, what the reader opened is enough.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll(".failure:not([open])")];
    closed.forEach((details) => { details.open = true; });
  });
  addEventListener("afterprint", () => closed.forEach((details) => { details.open = false; }));
})();
