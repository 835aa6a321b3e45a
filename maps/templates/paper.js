"use strict";
// Paper has a size of its own: before printing, what is seen on screen is fitted to it, and afterwards put back.
function estatePaper(maps, sayWhatWasChosen) {
  const button = document.getElementById("print");
  let onScreen = [];

  function resize(map, printing) {
    map.getContainer().classList.toggle("printing", printing);
    map.invalidateSize({ animate: false });
  }

  window.addEventListener("beforeprint", () => {
    document.getElementById("printed").textContent = sayWhatWasChosen();
    if (onScreen.length) return; // it is on paper already
    onScreen = maps.map((map) => [map.getCenter(), map.getZoom(), map.getBounds()]);
    maps.forEach((map) => resize(map, true));
    maps.forEach((map, number) => map.fitBounds(onScreen[number][2], { animate: false }));
  });
  window.addEventListener("afterprint", () => {
    maps.forEach((map) => resize(map, false));
    maps.forEach((map, number) => map.setView(onScreen[number][0], onScreen[number][1], { animate: false }));
    onScreen = [];
  });
  button.hidden = window.parent !== window; // a page inside another may not open the window for printing
  button.addEventListener("click", () => window.print());
}
