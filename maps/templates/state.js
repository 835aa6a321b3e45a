"use strict";
// What the reader chose: year, partner, action and words to search for. The rest of the page follows it.
const estateState = (() => {
  const { years, plain } = estateData;
  const FULL = years.length ? years[years.length - 1] : Infinity;
  const chosen = { year: FULL, body: "", kind: "", words: [] };
  const followers = [];

  // On the map: the words of a search put rings on it and hide nothing.
  const onMap = (place) => (chosen.body === "" || place.body === Number(chosen.body)) && (!chosen.kind || place.kind === chosen.kind);
  const wanted = (place) => onMap(place) && chosen.words.every((word) => place.text.includes(word));
  const by = (year) => year !== null && year !== undefined && year <= chosen.year;

  function choose(changes) {
    Object.assign(chosen, changes);
    followers.forEach((follow) => follow(changes));
  }

  return {
    chosen, onMap, wanted, by, choose,
    follow: (follower) => followers.push(follower),
    search: (query) => choose({ words: plain(query).split(/\s+/).filter(Boolean) }),
  };
})();
