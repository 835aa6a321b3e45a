"use strict";
// The marks of the properties: one each, coloured by what the reader chose, as of the chosen year.
const estateMarks = (() => {
  const { places, colourings, actions, year, shortPounds, bounds } = estateData;
  const map = map_estate;
  const choices = colourings.filter((colouring) => colouring.of === "properties");
  const marks = []; // by number; those without a place have none
  const tip = L.tooltip({ direction: "top", offset: [0, -8], opacity: 1 });
  let colouring = choices.find((choice) => choice.shown) || choices[0];

  function classOf(choice, number) {
    let found = choice.classes[number];
    for (const [since, kind] of choice.later[number] || []) if (estateState.by(since)) found = kind;
    return found;
  }

  function style(mark) {
    return {
      shape: mark.shape, fillColor: mark.fill, color: mark.stroke, radius: mark.radius, weight: mark.weight,
      fillOpacity: mark.fill_opacity, shrinks: true,
    };
  }

  const styles = new Map(choices.map((choice) => [choice, choice.legend.map(style)]));

  function draw() {
    marks.forEach((mark, number) => {
      const kind = classOf(colouring, number);
      const element = mark.getElement();
      if (mark.drawn !== colouring || mark.kind !== kind) mark.setStyle(styles.get(colouring)[kind]);
      Object.assign(mark, { drawn: colouring, kind });
      if (element) element.classList.toggle("gone", !estateState.onMap(places[number]));
    });
  }

  function choose(key) {
    colouring = choices.find((choice) => choice.key === key);
    draw();
  }

  // The line of the key that a property falls under in the plan's final year.
  function planMark(place) {
    const plan = choices.find((choice) => choice.key === "plan_by_action");
    const steps = plan.later[place.number];
    return plan.legend[steps ? steps[steps.length - 1][1] : plan.classes[place.number]];
  }

  function action(place) {
    if (place.since === null) return actions[place.kind];
    return `${actions[place.kind]} ${place.kind === "leave" ? "in" : "from"} ${year(place.since)}`;
  }

  // The short story: name, owner, what happens, and its pounds.
  function story(place) {
    const told = document.createElement("div");
    const name = document.createElement("strong");
    name.textContent = place.name;
    const lines = [place.owner, colouring.key === "plan_by_action" ? "" : colouring.legend[marks[place.number].kind].label];
    if (place.action !== "outside") lines.push(action(place));
    const mark = place.estimated ? " (estimate)" : "";
    if (place.saving) lines.push(`${place.saving > 0 ? "Saves" : "Costs"} ${shortPounds(Math.abs(place.saving))} ${place.saving > 0 ? "" : "more "}a year${mark}`);
    if (place.receipt) lines.push(`Receipt ${shortPounds(place.receipt)}${mark}`);
    told.append(name, ...[...new Set(lines)].filter((line) => line && line !== place.name).map((line) => {
      const made = document.createElement("div");
      made.textContent = line;
      return made;
    }));
    return told;
  }

  // Those that change most lie over the others.
  const RANK = { outside: 0, keep: 1, host: 2, leave: 3, hub: 4 };
  const group = window.geo_json_estate_properties;
  // The whole place in what the page leaves to the map.
  function fit() {
    map.invalidateSize({ animate: false });
    if (bounds) map.fitBounds(bounds, { animate: false });
  }

  fit();
  estateShapes.setCrowd(places.length, map);
  if (group) {
    group.getLayers().forEach((mark) => { marks[mark.feature.id] = mark; });
    draw();
    const over = (mark) => RANK[places[mark.feature.id].kind];
    group.getLayers().sort((a, b) => over(a) - over(b)).forEach((mark) => mark.addTo(map));
    group.on("mouseover", ({ propagatedFrom: mark }) => tip.setLatLng(mark.getLatLng()).setContent(story(places[mark.feature.id])).openOn(map));
    group.on("mouseout", () => tip.remove());
  }
  estateState.follow((changes) => { if (!("words" in changes)) draw(); });
  return { map, marks, group, fit, choices, classOf, choose, planMark, action, chosen: () => colouring };
})();
