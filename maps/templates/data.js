"use strict";
// What the page was given, and how it says years and pounds.
const estateData = (() => {
  const data = JSON.parse(document.getElementById("page-data").textContent);
  const plain = (text) => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");
  const count = (number) => Math.round(number).toLocaleString("en-GB");
  const year = (value) => (value === null ? "" : `${value}/${String((value + 1) % 100).padStart(2, "0")}`);
  const pounds = (value) => (Math.round(value) < 0 ? "−£" : "£") + Math.abs(Math.round(value)).toLocaleString("en-GB");

  // Three figures of large sums: £2.34 million.
  function shortPounds(value) {
    const size = Math.abs(value);
    if (size < 999999.5) return pounds(value);
    const [unit, word] = size >= 999950000 ? [1e9, "billion"] : [1e6, "million"];
    return `${value < 0 ? "−" : ""}£${(size / unit).toFixed(size / unit >= 9.995 ? 1 : 2)} ${word}`;
  }

  const places = data.places.map((values, number) => {
    const place = Object.fromEntries(data.fields.map((name, position) => [name, values[position] ?? null]));
    place.number = number;
    place.body = place.owner;
    place.owner = data.owners[place.owner];
    place.use = data.uses[place.use];
    place.partners = (place.partners || []).map((body) => data.owners[body]);
    place.saving = place.today === null || place.after === null ? null : place.today - place.after;
    place.kind = place.hub !== null && place.action !== "leave" ? "hub" : place.action;
    // The year of what the plan does with it: it is left, is a hub, takes in its first team.
    place.since = { leave: place.year, hub: place.hub, host: place.arrives }[place.kind] ?? null;
    const text = [place.name, place.address, place.postcode, place.postcode.replace(/\s/g, ""), place.uprn, place.owner];
    place.text = plain(text.join(" "));
    return place;
  });

  function estimateMark() {
    const made = document.createElement("abbr");
    made.className = "e";
    made.textContent = "e";
    made.title = "rests on an estimate";
    return made;
  }

  const plural = (number, one, many) => `${count(number)} ${number === 1 ? one : many}`;
  return { ...data, places, plain, count, plural, year, pounds, shortPounds, estimateMark };
})();
