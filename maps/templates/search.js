"use strict";
// The search and the filters.
const estateSearch = (() => {
  const { places, owners, actions, plain, count, plural } = estateData;
  const MOST_RESULTS = 6;
  const query = document.getElementById("query");
  const owner = document.getElementById("owner");
  const action = document.getElementById("action");
  const found = document.getElementById("found");
  const results = document.getElementById("results");
  const clearing = document.getElementById("clear");

  const say = (text) => { found.textContent = text; };

  // Those that match by name come first: digits alone also match UPRNs and postcodes.
  function hits() {
    const { words } = estateState.chosen;
    const named = (place) => (words.every((word) => plain(place.name).includes(word)) ? 0 : 1);
    return words.length ? places.filter(estateState.wanted).sort((a, b) => named(a) - named(b)) : [];
  }

  function result(place) {
    const item = document.createElement("li");
    const made = document.createElement("button");
    made.type = "button";
    made.className = "link";
    made.textContent = place.name + (place.postcode ? `, ${place.postcode}` : "");
    made.addEventListener("click", () => estateCards.open(place.number, made));
    item.append(made);
    return item;
  }

  const ring = () => estateCards.ring(hits().map((place) => place.number));

  function draw() {
    const matches = hits();
    const nowhere = matches.filter((place) => !estateCards.spot(place.number)).length;
    const said = `${plural(matches.length, "property", "properties")} found`;
    say(estateState.chosen.words.length ? said + (nowhere ? `, ${count(nowhere)} with no known place` : "") : "");
    results.replaceChildren(...matches.slice(0, MOST_RESULTS).map(result));
    clearing.hidden = !(query.value || owner.value || action.value);
    ring();
  }

  function clear() {
    query.value = owner.value = action.value = "";
    estateState.choose({ body: "", kind: "" });
    estateState.search("");
  }

  function options(select, items, number) {
    select.append(...items.map(([value, label]) => [value, label, places.filter((place) => number(place, value)).length])
      .filter(([, , held]) => held)
      .map(([value, label, held]) => new Option(`${label} (${count(held)})`, value)));
  }

  options(owner, owners.map((name, body) => [String(body), name]), (place, body) => place.body === Number(body));
  options(action, Object.entries(actions), (place, kind) => place.kind === kind);
  query.addEventListener("input", () => estateState.search(query.value));
  owner.addEventListener("change", () => estateState.choose({ body: owner.value }));
  action.addEventListener("change", () => estateState.choose({ kind: action.value }));
  clearing.addEventListener("click", () => { clear(); query.focus(); });
  document.getElementById("search").addEventListener("submit", (event) => {
    event.preventDefault();
    const matches = hits();
    if (matches.length === 1) estateCards.open(matches[0].number, query);
    else estateCards.zoomTo(matches.map((place) => place.number));
  });
  document.querySelectorAll("[data-service]").forEach((button) => {
    button.addEventListener("click", () => {
      estateKey.chooseService(Number(button.dataset.service));
      document.getElementById("stage").scrollIntoView({ block: "nearest" });
      document.getElementById("service").focus({ preventScroll: true });
    });
  });
  estateState.follow((changes) => { if (!("year" in changes)) draw(); });
  return { clear, ring, say };
})();
