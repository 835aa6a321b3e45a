"use strict";
// Layers with shapes of their own, which come and go one by one and follow the year and the filters.
const estateExtras = (() => {
  const { layers, places } = estateData;
  const { map } = estateMarks;
  const shapes = (layer) => window[`geo_json_estate_${layer.key}`];

  function follow(layer) {
    shapes(layer).eachLayer((shape) => {
      const { since = null, places: of = null, widths = null } = shape.feature.properties;
      const due = since === null || estateState.by(since);
      const seen = due && (of === null || of.some((number) => estateState.onMap(places[number])));
      if (shape.getElement()) shape.getElement().classList.toggle("gone", !seen);
      if (seen && widths) shape.setStyle({ weight: widths.filter(([year]) => estateState.by(year)).pop()[1] });
    });
  }

  function show(layer, wanted) {
    layer.shown = wanted;
    if (wanted) map.addLayer(shapes(layer));
    else map.removeLayer(shapes(layer));
    if (wanted) follow(layer);
  }

  layers.filter((layer) => layer.shown).forEach((layer) => show(layer, true));
  estateState.follow((changes) => {
    if (!("words" in changes)) layers.filter((layer) => layer.shown).forEach(follow);
  });
  return { show, shapes };
})();
