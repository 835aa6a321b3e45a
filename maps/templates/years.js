"use strict";
// The slider that steps the plan year by year, and what has been done by then of what the filters leave.
const estateYears = (() => {
  const { years, places, leavers, year, count, shortPounds, estimateMark } = estateData;
  const slider = document.getElementById("year");
  const shown = document.getElementById("year-shown");
  const totals = document.getElementById("totals");
  const button = document.getElementById("play");
  const TODAY = -Infinity;
  const EACH_MS = 1500;

  const sum = (items, value) => items.reduce((total, item) => total + (value(item) || 0), 0);

  function done() {
    const { by, wanted } = estateState;
    const found = places.filter(wanted);
    const decided = found.filter((place) => place.action !== "outside");
    const left = decided.filter((place) => by(place.year));
    const sold = decided.filter((place) => by(place.sold ?? place.transferred));
    const settled = decided.filter((place) => by(place.settled));
    const marked = (items, value) => items.some((place) => place.estimated && value(place));
    return [
      ["Properties that go", `${count(left.length)} of ${count(decided.length)}`, false],
      ["Shared hubs", count(decided.filter((place) => by(place.hub) && place.kind === "hub").length), false],
      ["People who move out", count(sum(leavers.filter(([home, when]) => by(when) && wanted(places[home])), ([, , fte]) => fte)), false],
      ["Receipts", shortPounds(sum(sold, (place) => place.receipt)), marked(sold, (place) => place.receipt)],
      ["Saving a year", shortPounds(sum(settled, (place) => place.saving)), marked(settled, (place) => place.saving)],
    ];
  }

  function draw() {
    const figures = done();
    totals.replaceChildren(...figures.map(([name, value, estimated]) => {
      const item = document.createElement("div");
      const term = document.createElement("dt");
      const detail = document.createElement("dd");
      term.textContent = name;
      detail.append(value, ...(estimated ? [" ", estimateMark()] : []));
      item.append(term, detail);
      return item;
    }));
    const when = estateState.chosen.year === TODAY ? "Today" : `By ${year(estateState.chosen.year)}`;
    shown.textContent = years.length ? when : "";
    slider.setAttribute("aria-valuetext", `${when}: ${figures.map(([name, value]) => `${name} ${value}`).join(", ")}`);
  }

  // One year after the other, from the beginning where the plan is shown whole.
  let playing = null;
  function play(going) {
    clearInterval(playing);
    playing = going ? setInterval(() => step(Number(slider.value) + 1), EACH_MS) : null;
    button.textContent = going ? "Pause" : "Play";
    if (going && slider.value === slider.max) step(0);
  }

  function step(to) {
    slider.value = String(to);
    estateState.choose({ year: to ? years[to - 1] : TODAY });
    if (playing && slider.value === slider.max) play(false);
  }

  slider.max = String(years.length);
  slider.value = slider.max;
  document.getElementById("years").hidden = !years.length;
  document.getElementById("year-first").textContent = "Today";
  document.getElementById("year-last").textContent = years.length ? year(years[years.length - 1]) : "";
  slider.addEventListener("input", () => { play(false); step(Number(slider.value)); });
  button.addEventListener("click", () => play(!playing));
  estateState.follow(draw);
  draw();
  estateMarks.fit(); // the slider and the figures have taken their part of the height
  return { done };
})();
