"use strict";
// Marks whose outline tells as much as their colour, on the map and in its key.
const estateShapes = (() => {
  const paths = {
    square: (x, y, r) => `M${x - r} ${y - r}h${2 * r}v${2 * r}h${-2 * r}z`,
    diamond: (x, y, r) => `M${x} ${y - r}L${x + r} ${y}L${x} ${y + r}L${x - r} ${y}z`,
    triangle: (x, y, r) => `M${x} ${y - r}L${x + r} ${y + r * 0.8}L${x - r} ${y + r * 0.8}z`,
    circle: (x, y, r) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`,
    area: (x, y) => `M${x - 11} ${y - 7}h22v14h-22z`,
    line: (x, y) => `M${x - 14} ${y}h20`,
    head: (x, y) => `M${x + 4} ${y - 6}l10 6l-10 6z`,
  };

  // Many properties seen from afar get smaller marks, which grow to full size as one comes nearer.
  const MANY = 500;
  const crowd = { many: false, farthest: 0 };
  function sizeAt(zoom) {
    return crowd.many ? Math.min(1, Math.max(0.5, 0.5 + 0.2 * (zoom - crowd.farthest))) : 1;
  }
  function setCrowd(properties, zoom) {
    crowd.many = properties > MANY;
    crowd.farthest = zoom;
  }

  const Mark = L.CircleMarker.extend({
    _updatePath() {
      const draw = paths[this.options.shape] || paths.circle;
      const radius = this._radius * (this.options.shrinks ? sizeAt(this._map.getZoom()) : 1);
      this._renderer._setPath(this, this._empty() ? "M0 0" : draw(this._point.x, this._point.y, radius));
    },
  });

  function element(name, attributes) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    return made;
  }

  // A legend's mark as an SVG of its own.
  function swatch(mark) {
    const half = Math.max(16, mark.radius + 2);
    const tall = mark.shape === "circle" ? Math.max(10, mark.radius + 2) : 10;
    const drawing = element("svg", {
      width: 2 * half, height: 2 * tall, viewBox: `0 0 ${2 * half} ${2 * tall}`, "aria-hidden": "true",
    });
    drawing.append(element("path", {
      d: paths[mark.shape](half, tall, mark.radius), fill: mark.fill, stroke: mark.stroke,
      "stroke-width": mark.weight, "stroke-dasharray": mark.dashes || "none", "fill-opacity": mark.fill_opacity,
    }));
    if (mark.shape === "line") drawing.append(element("path", { d: paths.head(half, tall), fill: mark.stroke }));
    return drawing;
  }

  return { marker: (at, pane) => new Mark(at, { pane }), swatch, setCrowd };
})();
