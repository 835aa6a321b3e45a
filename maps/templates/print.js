"use strict";
// Paper has a size of its own: fit what is seen on screen to it, say what was chosen, and go back.
const estatePrint = (() => {
  const { year, years } = estateData;
  const { map } = estateMarks;
  const button = document.getElementById("print");
  let onScreen = null;

  function chosen() {
    const { chosen: { year: now, words } } = estateState;
    const last = years.length ? years[years.length - 1] : null;
    const label = (id) => { const select = document.getElementById(id); return select.value && select.selectedOptions[0].textContent; };
    return [
      years.length && `Shown: the plan ${now === -Infinity ? "before it begins" : now === last ? "as a whole" : `by ${year(now)}`}`,
      label("owner") && `of ${label("owner")}`,
      label("action") && `what it does: ${label("action")}`,
      words.length && `search: ${document.getElementById("query").value}`,
    ].filter(Boolean).join("; ");
  }

  function resize(printing) {
    map.getContainer().classList.toggle("printing", printing);
    map.invalidateSize({ animate: false });
  }

  window.addEventListener("beforeprint", () => {
    const seen = map.getBounds();
    document.getElementById("printed").textContent = chosen();
    onScreen = [map.getCenter(), map.getZoom()];
    resize(true);
    map.fitBounds(seen, { animate: false });
  });
  window.addEventListener("afterprint", () => {
    resize(false);
    map.setView(...onScreen, { animate: false });
  });
  button.hidden = window.parent !== window; // a page inside another may not open the window for printing
  button.addEventListener("click", () => window.print());
  return { chosen };
})();
