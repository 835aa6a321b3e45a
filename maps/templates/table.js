"use strict";
// The table of properties: searched, filtered, sorted, a page at a time. All text goes in as text, never as HTML.
const estateTable = (() => {
  const { data } = estateLayers;
  const PAGE = 50;
  const ORDER = { leave: 0, host: 1, keep: 2, outside: 3 };
  const body = document.querySelector("#table tbody");
  const more = document.getElementById("more");
  const count = document.getElementById("count");
  const action = document.getElementById("action");
  const state = { words: [], sort: "action", down: false, rows: PAGE };
  const plain = (text) => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");

  const places = data.places.map((values, number) => {
    const place = Object.fromEntries(data.fields.map((name, position) => [name, values[position]]));
    place.number = number;
    place.owner = data.owners[place.owner];
    const text = [place.name, place.address, place.postcode, place.postcode.replace(/\s/g, ""), place.uprn, place.owner];
    place.text = plain(text.join(" "));
    return place;
  });

  const pounds = (value) => (value < 0 ? "−£" : "£") + Math.abs(value).toLocaleString("en-GB");
  const year = (value) => (value === null ? "" : `${value}/${String((value + 1) % 100).padStart(2, "0")}`);
  const matches = (place) => state.words.every((word) => place.text.includes(word));

  function mark() {
    const made = document.createElement("abbr");
    made.className = "e";
    made.textContent = "e";
    made.title = "rests on an estimate";
    return made;
  }

  // Money as nodes: pounds, marked where they rest on an estimate, or words where there are none.
  function money(value, estimated, otherwise) {
    if (value === null) return [otherwise];
    return estimated && value !== 0 ? [pounds(value), " ", mark()] : [pounds(value)];
  }
  const saving = (place) => money(place.saving, place.estimated, place.action === "outside" ? "" : "not known");
  const receipt = (place) => money(place.receipt, place.estimated, place.sold ? "not known" : "");

  function cell(name, nodes, className = "", tag = "td") {
    const made = document.createElement(tag);
    made.className = className;
    made.dataset.name = name; // shown beside the value where the screen is too narrow for columns
    made.append(...nodes);
    return made;
  }

  function actionMark(place) {
    const layer = estateLayers.byKey.plan_by_action;
    const swatch = layer.legend.find((entry) => entry.label === data.actions[place.action]);
    return swatch ? [estateShapes.swatch(swatch), data.actions[place.action]] : [data.actions[place.action]];
  }

  function row(place) {
    const made = document.createElement("tr");
    const name = document.createElement("button");
    made.id = `row-${place.number}`;
    name.type = "button";
    name.className = "link";
    name.textContent = place.name;
    name.addEventListener("click", () => estatePage.open(place.number, name));
    const where = document.createElement("span");
    where.className = "where";
    where.textContent = [place.address, place.postcode].filter(Boolean).join(", ");
    const heading = cell("Property", [name, where], "", "th");
    heading.scope = "row";
    made.append(
      heading, cell("Owner", [place.owner]), cell("Action", actionMark(place), "action"), cell("Year", [year(place.year)]),
      cell("Saving a year", saving(place), "number"), cell("Receipt", receipt(place), "number"),
      cell("Teams", [place.teams], "teams"),
    );
    return made;
  }

  function compare(left, right) {
    const value = (place) => (state.sort === "action" ? ORDER[place.action] : place[state.sort]);
    const [a, b] = [value(left), value(right)];
    if (a === b) return state.sort === "action" ? (right.saving || 0) - (left.saving || 0) : left.number - right.number;
    if (a === null || b === null) return a === null ? 1 : -1; // what is not known comes last either way
    const order = typeof a === "string" ? a.localeCompare(b, "en") : a - b;
    return state.down ? -order : order;
  }

  const wanted = () => places.filter((place) => matches(place) && (!action.value || place.action === action.value));

  function draw() {
    const found = wanted().sort(compare);
    const shown = found.slice(0, state.rows);
    body.replaceChildren(...shown.map(row));
    const of = (number) => number.toLocaleString("en-GB");
    count.textContent = shown.length < found.length
      ? `Showing ${of(shown.length)} of ${of(found.length)} properties`
      : `${of(found.length)} ${found.length === 1 ? "property" : "properties"}`;
    more.hidden = shown.length === found.length;
    more.textContent = `Show ${of(Math.min(PAGE, found.length - shown.length))} more`;
    document.querySelectorAll("#table [data-sort]").forEach((heading) => {
      const chosen = heading.dataset.sort === state.sort;
      heading.setAttribute("aria-sort", chosen ? (state.down ? "descending" : "ascending") : "none");
    });
  }

  function search(query) {
    state.words = plain(query).split(/\s+/).filter(Boolean);
    state.rows = PAGE;
    draw();
    // Those that match by name come first: digits alone also match UPRNs and postcodes.
    const named = (place) => (state.words.every((word) => plain(place.name).includes(word)) ? 0 : 1);
    return state.words.length ? places.filter(matches).sort((a, b) => named(a) - named(b)) : [];
  }

  // Bring a property's row into view, whatever hid it.
  function reveal(number) {
    if (!wanted().includes(places[number])) {
      action.value = "";
      document.getElementById("query").value = "";
      estatePage.search();
    }
    state.rows = Math.max(state.rows, wanted().sort(compare).indexOf(places[number]) + 1);
    draw();
    const found = document.getElementById(`row-${number}`);
    found.classList.add("chosen");
    found.scrollIntoView({ block: "center" });
    found.querySelector("button").focus({ preventScroll: true });
  }

  Object.entries(data.actions).forEach(([key, label]) => {
    const number = places.filter((place) => place.action === key).length;
    if (number) action.append(new Option(`${label} (${number.toLocaleString("en-GB")})`, key));
  });
  action.addEventListener("change", () => { state.rows = PAGE; draw(); });
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
  draw();
  return { places, search, reveal, saving, receipt, year };
})();
