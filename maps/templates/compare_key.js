"use strict";
// Year, service and layers of a comparison, and the key to each of its maps.
const estatePairKey = (() => {
  const { data, maps, chosen, choose, shapes, classOf, classesOfZones, legendOfZones } = estatePair;
  const { years, year, count, services, sides } = data;
  const slider = document.getElementById("year");
  const shown = document.getElementById("year-shown");
  const service = document.getElementById("service");
  const hidden = new Set();

  function part(key, title, marks) {
    if (!marks.length) return;
    const heading = document.createElement("h4");
    heading.textContent = title;
    key.append(heading, estateShapes.listed(marks));
  }

  const counted = (legend, numbers, unit) => legend.map((mark, kind) => ({ ...mark, label: `${mark.label} (${count(numbers[kind] || 0)}${unit})` }));

  function properties(position) {
    if (position === 2) return [data.kinds, data.differing.map((item) => item.kind)];
    const side = sides[position];
    return [side.legend, side.names.map((_, number) => classOf(side, number))];
  }

  function draw() {
    ["first", "second", "difference"].forEach((name, position) => {
      const key = document.getElementById(`key-${name}`);
      const [legend, kinds] = properties(position);
      const numbers = legend.map((_, kind) => kinds.filter((own) => own === kind).length);
      key.replaceChildren();
      part(key, position === 2 ? "Properties" : "What the plan does", counted(legend, numbers, ""));
      (sides[position]?.layers || []).filter((layer) => !hidden.has(layer.key)).forEach((layer) => part(key, layer.title, layer.legend));
      if (!chosen.service) return;
      const people = legendOfZones(position).map(() => 0);
      const classes = classesOfZones(position);
      data.zones.forEach(([, number], zone) => { if (classes[zone] !== null && classes[zone] >= 0) people[classes[zone]] += number || 0; });
      part(key, `${chosen.service.name}: ${chosen.service.standard}`, counted(legendOfZones(position), people, " people"));
    });
    const when = chosen.year === -Infinity ? "Today" : `By ${year(chosen.year)}`;
    shown.textContent = years.length ? when : "";
    slider.setAttribute("aria-valuetext", when);
  }

  function toggle([key, title]) {
    const label = document.createElement("label");
    const input = document.createElement("input");
    Object.assign(input, { type: "checkbox", value: key, checked: true });
    label.append(input, ` ${title}`);
    input.addEventListener("change", () => {
      sides.forEach((side, position) => {
        if (!side.layers.some((layer) => layer.key === key)) return;
        if (input.checked) shapes(position, key).addTo(maps[position]);
        else shapes(position, key).remove();
      });
      if (input.checked) hidden.delete(key);
      else hidden.add(key);
      choose({ year: chosen.year });
      draw();
    });
    document.getElementById("extras-layers").append(label);
  }

  slider.max = slider.value = String(years.length);
  document.getElementById("years").hidden = !years.length;
  document.getElementById("year-last").textContent = years.length ? year(years[years.length - 1]) : "";
  slider.addEventListener("input", () => {
    const step = Number(slider.value);
    choose({ year: step ? years[step - 1] : -Infinity });
    draw();
  });
  service.append(...services.map((entry, position) => new Option(entry.name, String(position))));
  service.addEventListener("change", () => {
    choose({ service: service.value === "" ? null : services[Number(service.value)] });
    draw();
  });
  new Map(sides.flatMap((side) => side.layers.map((layer) => [layer.key, layer.title]))).forEach((title, key) => toggle([key, title]));
  draw();
})();
