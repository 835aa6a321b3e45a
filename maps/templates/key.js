"use strict";
// What is to be shown, and the key to it.
const estateKey = (() => {
  const { layers, places, count } = estateData;
  const service = document.getElementById("service");
  const moments = document.getElementById("moments");
  const key = document.getElementById("legends");
  const { facts, services } = estateZones;

  function choice(into, type, item, chosen, choose) {
    const label = document.createElement("label");
    const input = document.createElement("input");
    Object.assign(input, { type, name: into, value: item.key, checked: chosen });
    label.append(input, ` ${item.title}`);
    input.addEventListener("change", () => { choose(input.checked); draw(); });
    document.getElementById(into).append(label);
  }

  function part({ title, legend, note }) {
    const heading = document.createElement("h3");
    heading.textContent = title;
    key.append(heading, estateShapes.listed(legend));
    if (!note) return;
    const said = document.createElement("p");
    said.className = "hint";
    said.textContent = note;
    key.append(said);
  }

  // The properties' key, with how many of those shown fall in each class by the chosen year.
  function counted(colouring) {
    const numbers = colouring.legend.map(() => 0);
    places.forEach((place) => { if (estateState.onMap(place)) numbers[estateMarks.classOf(colouring, place.number)] += 1; });
    return { ...colouring, legend: colouring.legend.map((mark, kind) => ({ ...mark, label: `${mark.label} (${count(numbers[kind])})` })) };
  }

  function draw() {
    key.replaceChildren();
    part(counted(estateMarks.chosen()));
    layers.filter((layer) => layer.shown).forEach(part);
    const zones = estateZones.key();
    if (zones) part(zones);
  }

  function chooseZones() {
    const [kind, number] = service.value.split(" ");
    moments.hidden = kind !== "service";
    estateZones.choose({
      fact: kind === "fact" ? facts[Number(number)] : null,
      service: kind === "service" ? services[Number(number)] : null,
      moment: moments.querySelector("input:checked").value,
    });
    draw();
  }

  function chooseService(number) {
    service.value = `service ${number}`;
    chooseZones();
  }

  function options(group, items, kind, words) {
    if (!items.length) return;
    const made = document.createElement("optgroup");
    made.label = group;
    made.append(...items.map((item, number) => new Option(words(item), `${kind} ${number}`)));
    service.append(made);
  }

  estateMarks.choices.forEach((item) => choice("properties-layers", "radio", item, item === estateMarks.chosen(), () => estateMarks.choose(item.key)));
  layers.forEach((layer) => choice("extras-layers", "checkbox", layer, layer.shown, (wanted) => estateExtras.show(layer, wanted)));
  document.getElementById("extras-layers").hidden = !layers.length;
  options("Who lives there", facts, "fact", (fact) => fact.title);
  options("Reach of a service, today to after", services, "service", (entry) => `${entry.name}, ${entry.today} to ${entry.after}`);
  document.getElementById("zones-layers").hidden = !(services.length || facts.length);
  service.addEventListener("change", chooseZones);
  moments.addEventListener("change", chooseZones);
  estateState.follow((changes) => { if (!("words" in changes)) draw(); });
  draw();
  return { chooseService };
})();
