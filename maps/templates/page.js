"use strict";
// The search, and the way from a mark on the map to its row in the table and back.
const estatePage = (() => {
  const { data, map, drawn } = estateLayers;
  const { places } = estateTable;
  const MOST_RINGS = 300;
  const MOST_RESULTS = 6;
  const query = document.getElementById("query");
  const found = document.getElementById("found");
  const results = document.getElementById("results");
  const rings = L.layerGroup().addTo(map);
  const popup = L.popup({ maxWidth: 320 });
  const spots = {};
  let opener = null;

  map.createPane("rings").style.zIndex = 449;

  // Draw a ring round each of these properties; those without a place have none.
  function ring(numbers) {
    rings.clearLayers();
    numbers.filter((number) => spots[number]).slice(0, MOST_RINGS).forEach((number) => {
      [["#0b0c0c", 9], ["#ffdd00", 5]].forEach(([color, weight]) => {
        L.circleMarker(spots[number], { pane: "rings", radius: 13, color, weight, fill: false, interactive: false }).addTo(rings);
      });
    });
  }

  function zoomTo(numbers) {
    const at = numbers.map((number) => spots[number]).filter(Boolean);
    if (at.length) map.fitBounds(L.latLngBounds(at), { maxZoom: Math.max(14, map.getZoom()), padding: [40, 40] });
  }

  function line(list, name, nodes) {
    const said = nodes.filter((node) => node !== "");
    if (!said.length) return;
    const term = document.createElement("dt");
    const detail = document.createElement("dd");
    term.textContent = name;
    detail.append(...said);
    list.append(term, detail);
  }

  function card(place) {
    const made = document.createElement("div");
    const heading = document.createElement("h3");
    const list = document.createElement("dl");
    const link = document.createElement("button");
    heading.textContent = place.name;
    heading.tabIndex = -1;
    line(list, "Owner", [place.owner]);
    line(list, "Address", [[place.address, place.postcode].filter(Boolean).join(", ")]);
    line(list, "Use today", [place.use]);
    line(list, "Plan", [data.actions[place.action] + (place.year === null ? "" : ` in ${estateTable.year(place.year)}`)]);
    line(list, "Saving a year", estateTable.saving(place));
    line(list, "Receipt", estateTable.receipt(place));
    line(list, "Teams", [place.teams]);
    link.type = "button";
    link.className = "link";
    link.textContent = "Show in the table";
    link.addEventListener("click", () => { opener = null; estateTable.reveal(place.number); });
    made.className = "card";
    made.append(heading, list, link);
    return made;
  }

  // Open a property on the map; `from` is the control to go back to when its card is closed.
  function open(number, from = null) {
    ring([number]);
    if (!spots[number]) {
      found.textContent = `${places[number].name} has no known place. It is in the table only.`;
      return;
    }
    if (from) {
      document.getElementById("map_estate").scrollIntoView({ block: "nearest" });
      map.setView(spots[number], Math.max(14, map.getZoom()), { animate: false });
    }
    const made = card(places[number]);
    popup.setLatLng(spots[number]).setContent(made).openOn(map);
    opener = from;
    if (from) made.querySelector("h3").focus({ preventScroll: true });
  }

  function result(place) {
    const item = document.createElement("li");
    const made = document.createElement("button");
    made.type = "button";
    made.className = "link";
    made.textContent = place.name + (place.postcode ? `, ${place.postcode}` : "");
    made.addEventListener("click", () => open(place.number, made));
    item.append(made);
    return item;
  }

  function search() {
    const hits = estateTable.search(query.value);
    const said = hits.length === 1 ? "1 property found" : `${hits.length.toLocaleString("en-GB")} properties found`;
    const nowhere = hits.filter((place) => !spots[place.number]).length;
    found.textContent = query.value.trim() ? said + (nowhere ? `, ${nowhere} with no known place` : "") : "";
    results.replaceChildren(...hits.slice(0, MOST_RESULTS).map(result));
    ring(hits.map((place) => place.number));
    return hits;
  }

  data.layers.filter((layer) => layer.group !== "zones" && drawn(layer)).forEach((layer) => {
    drawn(layer).eachLayer((mark) => {
      if (!mark.getLatLng) return;
      spots[mark.feature.id] = mark.getLatLng();
      mark.on("click", () => open(mark.feature.id));
    });
  });
  document.getElementById("search").addEventListener("submit", (event) => {
    event.preventDefault();
    const hits = search();
    if (hits.length === 1) open(hits[0].number, query);
    else zoomTo(hits.map((place) => place.number));
  });
  query.addEventListener("input", search);
  map.on("popupclose", (event) => {
    if (event.popup !== popup) return;
    if (opener && opener.isConnected) opener.focus();
    opener = null;
    search();
  });
  // Paper has a size of its own: fit what is seen on screen to it, and back.
  let onScreen = null;
  function resize(printing) {
    map.getContainer().classList.toggle("printing", printing);
    map.invalidateSize({ animate: false });
  }
  window.addEventListener("beforeprint", () => {
    const seen = map.getBounds();
    onScreen = [map.getCenter(), map.getZoom()];
    resize(true);
    map.fitBounds(seen, { animate: false });
  });
  window.addEventListener("afterprint", () => {
    resize(false);
    map.setView(...onScreen, { animate: false });
  });
  document.querySelectorAll("[data-service]").forEach((button) => {
    button.addEventListener("click", () => {
      estateLayers.chooseService(button.dataset.service);
      document.getElementById("map_estate").scrollIntoView({ block: "nearest" });
      document.getElementById("service").focus({ preventScroll: true });
    });
  });
  return { open, search };
})();
