"use strict";
// A property's card on the map, the ring round it, and the way between map and table.
const estateCards = (() => {
  const { places, year, pounds, estimateMark, reasons } = estateData;
  const { map, marks, group } = estateMarks;
  const MOST_RINGS = 300;
  const rings = L.layerGroup().addTo(map);
  // Beside the buttons that zoom, and no wider than the map.
  const popup = L.popup({ autoPanPaddingTopLeft: [48, 8], autoPanPaddingBottomRight: [8, 8] });
  const spot = (number) => marks[number] && marks[number].getLatLng();
  let opener = null;

  map.createPane("rings").style.zIndex = 449;

  // Draw a ring round each of these properties; those without a place have none.
  function ring(numbers) {
    rings.clearLayers();
    numbers.filter(spot).slice(0, MOST_RINGS).forEach((number) => {
      [["#0b0c0c", 9], ["#ffdd00", 5]].forEach(([color, weight]) => {
        L.circleMarker(spot(number), { pane: "rings", radius: 13, color, weight, fill: false, interactive: false }).addTo(rings);
      });
    });
  }

  function zoomTo(numbers) {
    const at = numbers.map(spot).filter(Boolean);
    if (at.length) map.fitBounds(L.latLngBounds(at), { maxZoom: Math.max(14, map.getZoom()), padding: [40, 40] });
  }

  function line(list, name, nodes) {
    const said = nodes.filter((node) => node !== "" && node !== null);
    if (!said.length) return;
    const term = document.createElement("dt");
    const detail = document.createElement("dd");
    term.textContent = name;
    detail.append(...said);
    list.append(term, detail);
  }

  // Running cost before and after, and what it saves.
  function cost(place) {
    if (place.action === "outside") return [""];
    if (place.today === null || place.after === null) return ["not known"];
    return [`${pounds(place.today)} a year today, ${pounds(place.after)} after`, ...(place.estimated ? [" ", estimateMark()] : [])];
  }

  function facts(place) {
    const list = document.createElement("dl");
    const { verdict = "", otherwise = "", why = [] } = reasons[place.number] || {};
    line(list, "Owner", [place.owner]);
    line(list, "Address", [[place.address, place.postcode].filter(Boolean).join(", ")]);
    line(list, "Use today", [place.use + (place.condition ? `, condition ${place.condition}` : "")]);
    line(list, "Plan", [estateMarks.action(place)]);
    line(list, "Shared by", [place.partners.join(", ")]);
    line(list, "Teams", [place.teams]);
    line(list, "Running cost", cost(place));
    line(list, "Receipt", estateTable.receipt(place));
    line(list, "Sale begins", [year(place.sold)]);
    line(list, "To the community", [year(place.transferred)]);
    line(list, "Lease ends", [year(place.lease_ends)]);
    line(list, "Repairs due while kept", [place.backlog ? pounds(place.backlog) : ""]);
    line(list, "How firm", [verdict]);
    line(list, "The other way", [otherwise]);
    line(list, "Why", [why.join(" ")]);
    return list;
  }

  function card(place) {
    const made = document.createElement("div");
    const heading = document.createElement("h3");
    const link = document.createElement("button");
    heading.textContent = place.name;
    heading.tabIndex = -1;
    link.type = "button";
    link.className = "link";
    link.textContent = "Show in the table";
    link.addEventListener("click", () => { opener = null; estateTable.reveal(place.number); });
    made.className = "card";
    made.append(heading, facts(place), link);
    return made;
  }

  // Open a property on the map; `from` is the control to go back to when its card is closed.
  function open(number, from = null) {
    ring([number]);
    if (!spot(number)) return estateSearch.say(`${places[number].name} has no known place. It is in the table only.`);
    if (from) {
      document.getElementById("stage").scrollIntoView({ block: "nearest" });
      map.setView(spot(number), Math.max(14, map.getZoom()), { animate: false });
    }
    const made = card(places[number]);
    popup.options.maxWidth = Math.min(380, map.getSize().x - 100);
    popup.setLatLng(spot(number)).setContent(made).openOn(map);
    opener = from;
    if (from) made.querySelector("h3").focus({ preventScroll: true });
    return undefined;
  }

  if (group) group.on("click", ({ propagatedFrom: mark }) => open(mark.feature.id));
  // What stands at a property and has no card of its own, such as a receipt, opens the property's.
  estateData.layers.map(estateExtras.shapes).forEach((shapes) => shapes.on("click", ({ propagatedFrom: shape }) => {
    if (shape.getLatLng && !shape.getPopup()) open(shape.feature.id);
  }));
  map.on("popupclose", (event) => {
    if (event.popup !== popup) return;
    if (opener && opener.isConnected) opener.focus();
    opener = null;
    estateSearch.ring();
  });
  return { open, ring, zoomTo, spot };
})();
