// Operates the search and the filters of the report, and says what is then shown.
(async () => {
  const field = (id) => document.getElementById(id);
  const settled = () => new Promise((resolve) => setTimeout(resolve));
  const shown = () => [...document.querySelectorAll(".entry")].filter((entry) => entry.checkVisibility());
  const set = async (id, value) => {
    field(id).value = value;
    field(id).dispatchEvent(new Event("input", { bubbles: true }));
    await settled();
    return shown();
  };
  const clear = async () => {
    document.querySelector(".filters button[type='reset']").click();
    await settled();
    return shown().length;
  };
  const all = shown().length;
  const found = await set("search", "lo-ends");
  const said = field("shown").value;
  await set("search", "no statement says this");
  const nothing = document.querySelector(".nothing").checkVisibility();
  // A link to what is filtered away brings it back.
  const last = [...document.querySelectorAll(".entry")].pop();
  location.hash = last.id;
  await new Promise((resolve) => addEventListener("hashchange", resolve, { once: true }));
  await settled();
  const isRevealed = last.checkVisibility() && last.open;
  const cleared = await clear();
  const failed = await set("by-outcome", "failed");
  await clear();
  const must = await set("by-level", "must");
  await clear();
  return {
    all,
    found: found.length,
    isFound: found.some((entry) => entry.textContent.includes("LO-ENDS")),
    said,
    nothing,
    isRevealed,
    cleared,
    failed: failed.length,
    areFailed: failed.every((entry) => entry.dataset.outcome === "failed"),
    must: must.length,
    areMust: must.every((entry) => entry.dataset.level === "must"),
  };
})()
