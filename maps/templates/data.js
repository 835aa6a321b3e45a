"use strict";
// What the page was given.
const estateData = (() => {
  const data = JSON.parse(document.getElementById("page-data").textContent);
  const { plain } = estateSay;

  const places = data.places.map((values, number) => {
    const place = Object.fromEntries(data.fields.map((name, position) => [name, values[position] ?? null]));
    place.number = number;
    place.body = place.owner;
    place.owner = data.owners[place.owner];
    place.use = data.uses[place.use];
    place.partners = (place.partners || []).map((body) => data.owners[body]);
    place.teams = place.teams || "";
    place.saving = place.today === null || place.after === null ? null : place.today - place.after;
    place.kind = place.hub !== null && place.action !== "leave" ? "hub" : place.action;
    // The year of what the plan does with it: it is left, is a hub, takes in its first team.
    place.since = { leave: place.year, hub: place.hub, host: place.arrives }[place.kind] ?? null;
    const text = [place.name, place.address, place.postcode, place.postcode.replace(/\s/g, ""), place.uprn, place.owner];
    place.text = plain(text.join(" "));
    return place;
  });

  return { ...data, ...estateSay, places };
})();
