"use strict";
// What a printed page says was chosen on the screen.
estatePaper([estateMarks.map], () => {
  const { year, years } = estateData;
  const { year: now, words } = estateState.chosen;
  const last = years.length ? years[years.length - 1] : null;
  const label = (id) => { const select = document.getElementById(id); return select.value && select.selectedOptions[0].textContent; };
  return [
    years.length && `Shown: the plan ${now === -Infinity ? "before it begins" : now === last ? "as a whole" : `by ${year(now)}`}`,
    label("owner") && `of ${label("owner")}`,
    label("action") && `what it does: ${label("action")}`,
    words.length && `search: ${document.getElementById("query").value}`,
  ].filter(Boolean).join("; ");
});
