"use strict";
// Three maps that move together: plan A, plan B, and the properties and zones that differ.
const estatePair = (() => {
  const data = { ...JSON.parse(document.getElementById("page-data").textContent), ...estateSay };
  const NAMES = ["first", "second", "difference"];
  const maps = [map_first, map_second, map_difference];
  const shapes = (side, key) => window[`geo_json_${NAMES[side]}_${key}`];
  const chosen = { year: data.years.length ? data.years[data.years.length - 1] : Infinity, service: null };
  const tip = L.tooltip({ direction: "top", offset: [0, -8], opacity: 1 });
  const zoneTip = L.tooltip({ sticky: true, opacity: 1 });
  const marks = []; // of the difference, by its number

  function told(name, lines) {
    const made = document.createElement("div");
    const heading = document.createElement("strong");
    heading.textContent = name;
    made.append(heading, ...lines.filter(Boolean).map((line) => {
      const item = document.createElement("div");
      item.textContent = line;
      return item;
    }));
    return made;
  }

  // What B has more or less than A, in pounds.
  function more(item, value, of) {
    if (!value) return "";
    return `B: ${data.shortPounds(Math.abs(value))} ${value > 0 ? "more" : "less"} ${of}${item.estimated ? " (estimate)" : ""}`;
  }

  function style(mark) {
    return {
      shape: mark.shape, fillColor: mark.fill, color: mark.stroke, radius: mark.radius, weight: mark.weight,
      fillOpacity: mark.fill_opacity, dashArray: mark.dashes || null, shrinks: true,
    };
  }

  function classOf(side, number) {
    let found = side.classes[number];
    for (const [since, kind] of side.later[number] || []) if (since <= chosen.year) found = kind;
    return found;
  }

  function drawPlans() {
    data.sides.forEach((side, position) => {
      const group = shapes(position, "properties");
      if (group) group.eachLayer((mark) => mark.setStyle(style(side.legend[classOf(side, mark.feature.id)])));
      side.layers.forEach(({ key }) => shapes(position, key).eachLayer((shape) => {
        const { since, widths } = shape.feature.properties;
        const due = since <= chosen.year;
        if (shape.getElement()) shape.getElement().classList.toggle("gone", !due);
        if (due && widths) shape.setStyle({ weight: widths.filter(([year]) => year <= chosen.year).pop()[1] });
      }));
    });
  }

  const legendOfZones = (map) => (map === 2 ? data.zone_kinds : data.bands);
  const classesOfZones = (map) => (map === 2 ? chosen.service.classes : chosen.service.bands[map]);

  function drawZones() {
    maps.forEach((_, map) => {
      const group = shapes(map, "zones");
      if (!group) return;
      group.eachLayer((outline) => {
        const mark = chosen.service && legendOfZones(map)[classesOfZones(map)[outline.feature.id]];
        outline.setStyle(mark ? { ...style(mark), fillOpacity: 1 } : { ...data.plain, dashArray: null });
        if (mark && mark.weight > 1) outline.bringToFront();
      });
    });
  }

  function zoneStory(zone) {
    const [name, people] = data.zones[zone];
    const minutes = (value) => (value === null ? "nowhere to go" : `${value} minutes`);
    const lines = [people === null ? "population not known" : `${data.count(people)} people`];
    if (chosen.service && chosen.service.classes[zone] >= 0) {
      const [a, b] = chosen.service.minutes.map((side) => minutes(side[zone]));
      lines.push(`${chosen.service.name}: A ${a}, B ${b}`, data.zone_kinds[chosen.service.classes[zone]].label);
    }
    return told(name, lines);
  }

  function follow(map, group, target, story) {
    if (!group) return;
    const at = (shape, latlng) => (shape.getLatLng ? shape.getLatLng() : latlng);
    group.on("mouseover mousemove", ({ propagatedFrom: shape, latlng }) => target.setLatLng(at(shape, latlng)).setContent(story(shape.feature.id)).openOn(map));
    group.on("mouseout", () => target.remove());
  }

  // What one map shows, all show.
  let moving = false;
  maps.forEach((map) => map.on("move", () => {
    if (moving) return;
    moving = true;
    maps.filter((other) => other !== map).forEach((other) => other.setView(map.getCenter(), map.getZoom(), { animate: false }));
    moving = false;
  }));

  if (data.bounds) map_first.fitBounds(data.bounds, { animate: false });
  estateShapes.setCrowd(Math.max(...data.sides.map((side) => side.names.length)), map_first);
  maps.forEach((map, position) => {
    const zones = shapes(position, "zones");
    if (zones) zones.addTo(map);
    if (zones && window[`tile_layer_${NAMES[position]}_background`]) map.getPane(`${NAMES[position]}_zones`).style.opacity = "0.65";
    follow(map, zones, zoneTip, zoneStory);
  });
  data.sides.forEach((side, position) => {
    side.layers.forEach(({ key }) => shapes(position, key).addTo(maps[position]));
    const group = shapes(position, "properties");
    const kind = (mark) => { const steps = side.later[mark.feature.id]; return steps ? steps[steps.length - 1][1] : side.classes[mark.feature.id]; };
    if (group) group.getLayers().sort((a, b) => kind(b) - kind(a)).forEach((mark) => mark.addTo(maps[position]));
    follow(maps[position], group, tip, (number) => told(side.names[number], [side.legend[classOf(side, number)].label]));
  });
  const apart = shapes(2, "properties");
  if (apart) {
    apart.eachLayer((mark) => {
      marks[mark.feature.id] = mark;
      mark.setStyle(style(data.kinds[data.differing[mark.feature.id].kind]));
    });
    apart.addTo(map_difference);
    follow(map_difference, apart, tip, (number) => {
      const item = data.differing[number];
      return told(item.name, [
        data.kinds[item.kind].label, `A: ${item.said[0]}`, `B: ${item.said[1]}`, more(item, item.saving, "saving a year"),
        more(item, item.receipt, "receipt"),
      ]);
    });
  }
  drawPlans();
  drawZones();

  function choose(changes) {
    Object.assign(chosen, changes);
    if ("year" in changes) drawPlans();
    if ("service" in changes) drawZones();
  }
  return { data, maps, marks, chosen, choose, shapes, classOf, classesOfZones, legendOfZones };
})();
