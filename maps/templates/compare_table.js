"use strict";
// The properties that differ: searched, sorted, and linked with the maps both ways.
const estatePairTable = (() => {
  const { data, maps, marks } = estatePair;
  const { plain, plural, pounds, count, estimateMark } = data;
  const PAGE = 50;
  const body = document.querySelector("#table tbody");
  const more = document.getElementById("more");
  const query = document.getElementById("query");
  const state = { words: [], sort: "saving", down: true, rows: PAGE };
  const alphabet = new Intl.Collator("en-GB", { numeric: true });
  const rings = maps.map((map) => L.layerGroup().addTo(map));
  const items = data.differing.map((item, number) => ({
    ...item, number, first: item.said[0], second: item.said[1], text: plain([item.name, item.owner, item.where].join(" ")),
  }));

  maps.forEach((map) => { map.createPane("rings").style.zIndex = 449; });

  function signed(item, value) {
    if (value === null) return ["not known"];
    const said = value > 0 ? `+${pounds(value)}` : pounds(value);
    return item.estimated && value !== 0 ? [said, " ", estimateMark()] : [said];
  }

  function cell(name, nodes, className = "", tag = "td") {
    const made = document.createElement(tag);
    made.className = className;
    made.dataset.name = name;
    made.append(...nodes);
    return made;
  }

  function row(item) {
    const made = document.createElement("tr");
    const name = document.createElement("button");
    const where = document.createElement("span");
    made.id = `row-${item.number}`;
    name.type = "button";
    name.className = "link";
    name.textContent = item.name;
    name.addEventListener("click", () => open(item.number));
    where.className = "where";
    where.textContent = item.where;
    const heading = cell("Property", [name, where], "", "th");
    heading.scope = "row";
    made.append(
      heading, cell("Owner", [item.owner]), cell("A", [item.first]), cell("B", [item.second]),
      cell("Saving a year, B less A", signed(item, item.saving), "number"),
      cell("Receipt, B less A", signed(item, item.receipt), "number"),
    );
    return made;
  }

  function compare(left, right) {
    const [a, b] = [left[state.sort], right[state.sort]];
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1; // what is not known comes last either way
    const order = typeof a === "string" ? alphabet.compare(a, b) : a - b;
    return (state.down ? -order : order) || left.number - right.number;
  }

  function draw() {
    const found = items.filter((item) => state.words.every((word) => item.text.includes(word))).sort(compare);
    body.replaceChildren(...found.slice(0, state.rows).map(row));
    document.getElementById("count").textContent = found.length > state.rows
      ? `Showing ${count(state.rows)} of ${count(found.length)} properties` : plural(found.length, "property", "properties");
    more.hidden = found.length <= state.rows;
    more.textContent = `Show ${count(Math.min(PAGE, found.length - state.rows))} more`;
    document.querySelectorAll("#table [data-sort]").forEach((heading) => {
      const chosen = heading.dataset.sort === state.sort;
      heading.setAttribute("aria-sort", chosen ? (state.down ? "descending" : "ascending") : "none");
    });
  }

  // Show a property on all maps, with a ring round it.
  function open(number) {
    if (!marks[number]) return;
    document.getElementById("map_difference").scrollIntoView({ block: "center" });
    rings.forEach((ring) => {
      ring.clearLayers();
      [["#0b0c0c", 9], ["#ffdd00", 5]].forEach(([color, weight]) => {
        L.circleMarker(marks[number].getLatLng(), { pane: "rings", radius: 13, color, weight, fill: false, interactive: false }).addTo(ring);
      });
    });
    maps[2].setView(marks[number].getLatLng(), Math.max(13, maps[2].getZoom()), { animate: false });
  }

  marks.forEach((mark, number) => mark.on("click", () => {
    if (!document.getElementById(`row-${number}`)) {
      query.value = "";
      Object.assign(state, { words: [], rows: items.length });
      draw();
    }
    const found = document.getElementById(`row-${number}`);
    body.querySelectorAll(".chosen").forEach((other) => other.classList.remove("chosen"));
    found.classList.add("chosen");
    found.scrollIntoView({ block: "center" });
    found.querySelector("button").focus({ preventScroll: true });
  }));
  query.addEventListener("input", () => {
    Object.assign(state, { words: plain(query.value).split(/\s+/).filter(Boolean), rows: PAGE });
    draw();
  });
  document.getElementById("search").addEventListener("submit", (event) => event.preventDefault());
  more.addEventListener("click", () => { state.rows += PAGE; draw(); });
  document.querySelectorAll("#table [data-sort]").forEach((heading) => {
    heading.querySelector("button").addEventListener("click", () => {
      const name = heading.dataset.sort;
      state.down = name === state.sort ? !state.down : ["saving", "receipt"].includes(name);
      state.sort = name;
      draw();
    });
  });
  draw();
  return { open };
})();
