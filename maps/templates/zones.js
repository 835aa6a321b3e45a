"use strict";
// The colours of the zones: none, what they are, or how they reach a service.
const estateZones = (() => {
  const { zones, colourings, count } = estateData;
  const { map } = estateMarks;
  const WORDS = { reached: "yes", not_reached: "no", lost: "today only", gained: "after only" };
  const reach = colourings.find((colouring) => colouring.key === "reach");
  const facts = colourings.filter((colouring) => colouring.of === "zones" && colouring !== reach);
  const { services, plain, changes, bands } = reach.data;
  const group = window.geo_json_estate_zones;
  const tip = L.tooltip({ sticky: true, opacity: 1 });
  const popup = L.popup({ maxWidth: 320 });
  let chosen = { fact: null, service: null, moment: "change" };

  const marks = () => (chosen.fact ? chosen.fact.legend : chosen.moment === "change" ? changes : bands);
  function classes() {
    if (chosen.fact) return chosen.fact.classes;
    return chosen.moment === "change" ? chosen.service.change : chosen.service[`band_${chosen.moment}`];
  }

  const minutes = (value, way) => (value === null ? "nowhere to go" : `${value} minutes ${way}`.trim());

  function reachWords({ name, ways, ...service }, zone) {
    if (service.change[zone] === null) return "";
    const said = (when) => minutes(service[`minutes_${when}`][zone], ways[service[`way_${when}`][zone]]);
    return `${name}: today ${said("today")}, after ${said("after")}. Within the standard: ${WORDS[changes[service.change[zone]].kind]}.`;
  }

  function told(number) {
    const [name, people] = zones[number];
    const made = document.createElement("div");
    const heading = document.createElement("strong");
    heading.textContent = name;
    const lines = [people === null ? "population not known" : `${count(people)} people`];
    facts.forEach((fact) => lines.push(`${fact.title}: ${fact.legend[fact.classes[number]].label}`));
    if (chosen.service) lines.push(reachWords(chosen.service, number));
    made.append(heading, ...lines.filter(Boolean).map((line) => {
      const item = document.createElement("div");
      item.textContent = line;
      return item;
    }));
    return made;
  }

  function draw() {
    if (!group) return;
    const [kinds, styles] = chosen.fact || chosen.service ? [classes(), marks()] : [[], []];
    group.eachLayer((outline) => {
      const mark = styles[kinds[outline.feature.id]];
      outline.setStyle(mark ? {
        fillColor: mark.fill, color: mark.stroke, weight: mark.weight, dashArray: mark.dashes || null, fillOpacity: 1,
      } : { ...plain, dashArray: null });
      if (mark && mark.weight > 1) outline.bringToFront(); // its outline must not lie under its neighbours'
    });
  }

  // The key, with the people in each class.
  function key() {
    if (!chosen.fact && !chosen.service) return null;
    const kinds = classes();
    const people = marks().map(() => 0);
    zones.forEach(([, number], zone) => { if (kinds[zone] !== null) people[kinds[zone]] += number || 0; });
    return {
      title: chosen.fact ? chosen.fact.title : `${chosen.service.name}: ${chosen.service.standard}`,
      note: chosen.fact ? chosen.fact.note : "",
      legend: marks().map((mark, number) => ({ ...mark, label: `${mark.label} (${count(people[number])} people)` })),
    };
  }

  function choose(changed) {
    chosen = { ...chosen, ...changed };
    draw();
  }

  if (group) {
    map.addLayer(group);
    group.on("mouseover mousemove", ({ propagatedFrom: { feature }, latlng }) => tip.setLatLng(latlng).setContent(told(feature.id)).openOn(map));
    group.on("mouseout", () => tip.remove());
    group.on("click", ({ propagatedFrom: { feature }, latlng }) => popup.setLatLng(latlng).setContent(told(feature.id)).openOn(map));
    if (window.tile_layer_estate_background) map.getPane("estate_zones").style.opacity = "0.65"; // streets show through
  }
  draw();
  return { facts, services, choose, key, chosen: () => chosen };
})();
