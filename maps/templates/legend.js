"use strict";
// Which layers show, and the key to each.
const estateLayers = (() => {
  const data = JSON.parse(document.getElementById("page-data").textContent);
  const map = map_estate;
  const byKey = Object.fromEntries(data.layers.map((layer) => [layer.key, layer]));
  const drawn = (layer) => window[`geo_json_${layer.key}`];
  const zones = data.layers.find((layer) => layer.group === "zones");
  const service = document.getElementById("service");
  const moments = document.getElementById("moments");
  const legends = document.getElementById("legends");
  const SAID = { reached: "yes", not_reached: "no", lost: "today only", gained: "after only" };

  function show(layer, wanted) {
    layer.shown = wanted;
    if (!drawn(layer)) return;
    if (wanted) map.addLayer(drawn(layer));
    else map.removeLayer(drawn(layer));
  }

  function choice(layer, type) {
    const label = document.createElement("label");
    const input = document.createElement("input");
    Object.assign(input, { type, name: layer.group, value: layer.key, checked: layer.shown });
    label.append(input, ` ${layer.title}${layer.features ? "" : " (none)"}`);
    input.addEventListener("change", () => {
      if (type === "radio") data.layers.filter((other) => other.group === layer.group).forEach((other) => show(other, false));
      show(layer, input.checked);
      drawLegends();
    });
    document.getElementById(`${layer.group}-layers`).append(label);
  }

  function legend(title, marks) {
    if (!marks.length) return;
    const heading = document.createElement("h3");
    const list = document.createElement("ul");
    heading.textContent = title;
    marks.forEach((mark) => {
      const item = document.createElement("li");
      const label = document.createElement("span");
      label.textContent = mark.label;
      item.append(estateShapes.swatch(mark), label);
      list.append(item);
    });
    legends.append(heading, list);
  }

  function drawLegends() {
    legends.replaceChildren();
    data.layers.filter((layer) => layer.shown && layer.group !== "zones").forEach((layer) => legend(layer.title, layer.legend));
    const chosen = chosenService();
    if (chosen) legend(`${chosen.name}: ${chosen.standard}`, reachMarks(chosen, moment()));
  }

  const chosenService = () => (service.value === "" ? null : zones.data.services[Number(service.value)]);
  const moment = () => moments.querySelector("input:checked").value;

  // The key to a service's reach, with the people in each class.
  function reachMarks(chosen, when) {
    const classes = when === "change" ? chosen.change : chosen[`band_${when}`];
    const marks = when === "change" ? Object.entries(zones.data.changes) : zones.data.bands.map((mark, band) => [band, mark]);
    return marks.map(([key, mark]) => {
      const people = zones.data.population.reduce((sum, count, zone) => sum + (classes[zone] === key ? count || 0 : 0), 0);
      return { ...mark, label: `${mark.label} (${Math.round(people).toLocaleString("en-GB")} people)` };
    });
  }

  const minutes = (value, way) => (value === null ? "nowhere to go" : `${value} minutes ${way}`.trim());

  function reachWords(chosen, zone) {
    if (!chosen || chosen.change[zone] === null) return "";
    return `Today ${minutes(chosen.minutes_today[zone], chosen.way_today[zone])}, ` +
      `after ${minutes(chosen.minutes_after[zone], chosen.way_after[zone])}. ` +
      `Within the standard: ${SAID[chosen.change[zone]]}.`;
  }

  function colourZones() {
    const chosen = chosenService();
    moments.hidden = !chosen;
    const marks = chosen && (moment() === "change" ? zones.data.changes : zones.data.bands);
    const classes = chosen && (moment() === "change" ? chosen.change : chosen[`band_${moment()}`]);
    if (drawn(zones)) {
      drawn(zones).eachLayer((outline) => {
        const zone = outline.feature.id;
        outline.feature.properties.reach = reachWords(chosen, zone);
        const mark = chosen && marks[classes[zone]];
        outline.setStyle(mark ? {
          fillColor: mark.fill, color: mark.stroke, weight: mark.weight, dashArray: mark.dashes || null, fillOpacity: 1,
        } : { ...zones.data.plain, dashArray: null });
        if (mark && mark.weight > 1) outline.bringToFront(); // its outline must not lie under its neighbours'
      });
    }
    drawLegends();
  }

  function chooseService(position) {
    service.value = String(position);
    colourZones();
  }

  data.layers.filter((layer) => layer.group === "properties").forEach((layer) => choice(layer, "radio"));
  data.layers.filter((layer) => layer.group === "extras").forEach((layer) => choice(layer, "checkbox"));
  zones.data.services.forEach((entry, position) => {
    service.append(new Option(`${entry.name}, ${entry.today} to ${entry.after}`, String(position)));
  });
  document.getElementById("zones-layers").hidden = !zones.data.services.length;
  service.addEventListener("change", colourZones);
  moments.addEventListener("change", colourZones);
  if (data.bounds) map.fitBounds(data.bounds, { animate: false });
  if (window.tile_layer_background) map.getPane(zones.key).style.opacity = "0.65"; // streets show through
  estateShapes.setCrowd(data.places.length, map.getZoom());
  data.layers.filter((layer) => layer.shown).forEach((layer) => show(layer, true));
  colourZones();
  return { data, map, drawn, byKey, chooseService };
})();
