"use strict";
// The table of properties: searched, filtered, sorted, a page at a time. All text goes in as text, never as HTML.
const estateTable = (() => {
  const { places, actions, year, pounds, count: of, plural, estimateMark } = estateData;
  const PAGE = 50;
  const ORDER = { leave: 0, hub: 1, host: 2, keep: 3, outside: 4 };
  const body = document.querySelector("#table tbody");
  const more = document.getElementById("more");
  const count = document.getElementById("count");
  const alphabet = new Intl.Collator("en-GB", { numeric: true });
  const state = { sort: "action", down: false, rows: PAGE };

  // Money as nodes: pounds, marked where they rest on an estimate, or words where there are none.
  function money(value, estimated, otherwise) {
    if (value === null) return [otherwise];
    return estimated && value !== 0 ? [pounds(value), " ", estimateMark()] : [pounds(value)];
  }
  const saving = (place) => money(place.saving, place.estimated, place.action === "outside" ? "" : "not known");
  const receipt = (place) => money(place.receipt, place.estimated, place.sold === null ? "" : "not known");

  function cell(name, nodes, className = "", tag = "td") {
    const made = document.createElement(tag);
    made.className = className;
    made.dataset.name = name; // shown beside the value where the screen is too narrow for columns
    made.append(...nodes);
    return made;
  }

  function actionMark(place) {
    return [estateShapes.swatch(estateMarks.planMark(place)), actions[place.kind]];
  }

  function row(place) {
    const made = document.createElement("tr");
    const name = document.createElement("button");
    made.id = `row-${place.number}`;
    name.type = "button";
    name.className = "link";
    name.textContent = place.name;
    name.addEventListener("click", () => estateCards.open(place.number, name));
    const where = document.createElement("span");
    where.className = "where";
    where.textContent = [place.address, place.postcode].filter(Boolean).join(", ");
    const heading = cell("Property", [name, where], "", "th");
    heading.scope = "row";
    made.append(
      heading, cell("Owner", [place.owner]), cell("Action", actionMark(place), "action"), cell("Year", [year(place.since)]),
      cell("Saving a year", saving(place), "number"), cell("Receipt", receipt(place), "number"),
      cell("Teams", [place.teams], "teams"),
    );
    return made;
  }

  function compare(left, right) {
    const value = (place) => (state.sort === "action" ? ORDER[place.kind] : place[state.sort]);
    const [a, b] = [value(left), value(right)];
    if (a === b) return state.sort === "action" ? (right.saving || 0) - (left.saving || 0) : left.number - right.number;
    if (a === null || b === null) return a === null ? 1 : -1; // what is not known comes last either way
    const order = typeof a === "string" ? alphabet.compare(a, b) : a - b;
    return state.down ? -order : order;
  }

  function draw() {
    const found = places.filter(estateState.wanted).sort(compare);
    const shown = found.slice(0, state.rows);
    body.replaceChildren(...shown.map(row));
    count.textContent = shown.length < found.length
      ? `Showing ${of(shown.length)} of ${of(found.length)} properties`
      : plural(found.length, "property", "properties");
    more.hidden = shown.length === found.length;
    more.textContent = `Show ${of(Math.min(PAGE, found.length - shown.length))} more`;
    document.querySelectorAll("#table [data-sort]").forEach((heading) => {
      const chosen = heading.dataset.sort === state.sort;
      heading.setAttribute("aria-sort", chosen ? (state.down ? "descending" : "ascending") : "none");
    });
  }

  // Bring a property's row into view, whatever hid it.
  function reveal(number) {
    if (!estateState.wanted(places[number])) estateSearch.clear();
    const found = places.filter(estateState.wanted).sort(compare);
    state.rows = Math.max(state.rows, found.indexOf(places[number]) + 1);
    draw();
    const shown = document.getElementById(`row-${number}`);
    shown.classList.add("chosen");
    shown.scrollIntoView({ block: "center" });
    shown.querySelector("button").focus({ preventScroll: true });
  }

  more.addEventListener("click", () => {
    const next = state.rows;
    state.rows += PAGE;
    draw();
    body.children[next].querySelector("button").focus();
  });
  document.querySelectorAll("#table [data-sort]").forEach((heading) => {
    heading.querySelector("button").addEventListener("click", () => {
      const name = heading.dataset.sort;
      const again = state.sort === name;
      state.down = again ? !state.down : ["saving", "receipt"].includes(name);
      state.sort = name;
      draw();
    });
  });
  estateState.follow((changes) => {
    if ("year" in changes) return;
    state.rows = PAGE;
    draw();
  });
  draw();
  return { reveal, saving, receipt };
})();
