"use strict";
// Marks whose outline tells as much as their colour, on the map and in its key.
const estateShapes = (() => {
  const paths = {
    square: (x, y, r) => `M${x - r} ${y - r}h${2 * r}v${2 * r}h${-2 * r}z`,
    diamond: (x, y, r) => `M${x} ${y - r}L${x + r} ${y}L${x} ${y + r}L${x - r} ${y}z`,
    triangle: (x, y, r) => `M${x} ${y - r}L${x + r} ${y + r * 0.8}L${x - r} ${y + r * 0.8}z`,
    hexagon: (x, y, r) => `M${x - r} ${y}L${x - r / 2} ${y - r * 0.87}h${r}L${x + r} ${y}L${x + r / 2} ${y + r * 0.87}h${-r}z`,
    cross: (x, y, r) => `M${x - r} ${y - r}l${2 * r} ${2 * r}M${x - r} ${y + r}l${2 * r} ${-2 * r}`,
    circle: (x, y, r) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`,
    ring: (x, y, r) => paths.circle(x, y, r),
    area: (x, y) => `M${x - 11} ${y - 7}h22v14h-22z`,
    line: (x, y) => `M${x - 14} ${y}h20`,
    head: (x, y) => `M${x + 4} ${y - 6}l10 6l-10 6z`,
  };

  // A part of a ring, from and to as shares of a turn from the top; a whole turn is two halves.
  function arc(x, y, r, [from, to]) {
    if (to - from > 0.999) return paths.circle(x, y, r);
    const at = (turn) => `${x + r * Math.sin(2 * Math.PI * turn)} ${y - r * Math.cos(2 * Math.PI * turn)}`;
    return `M${at(from + 0.012)}A${r} ${r} 0 ${to - from > 0.5 ? 1 : 0} 1 ${at(to - 0.012)}`;
  }

  // Many properties on little paper get smaller marks from afar, which grow to full size as one comes nearer.
  const PIXELS_EACH = 1800;
  const SMALLEST = 0.5;
  const crowd = { size: 1, farthest: 0 };
  function setCrowd(properties, map) {
    const { x, y } = map.getSize();
    crowd.size = Math.min(1, Math.max(SMALLEST, Math.sqrt((x * y) / (properties * PIXELS_EACH))));
    crowd.farthest = map.getZoom();
  }
  const sizeAt = (zoom) => Math.min(1, Math.max(crowd.size, crowd.size + 0.2 * (zoom - crowd.farthest)));

  const Mark = L.CircleMarker.extend({
    _updatePath() {
      const draw = this.options.arc ? arc : paths[this.options.shape] || paths.circle;
      const radius = this._radius * (this.options.shrinks ? sizeAt(this._map.getZoom()) : 1);
      this._renderer._setPath(this, this._empty() ? "M0 0" : draw(this._point.x, this._point.y, radius, this.options.arc));
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

  // A legend as a list, each mark with its label.
  function listed(legend) {
    const list = document.createElement("ul");
    legend.forEach((mark) => {
      const item = document.createElement("li");
      const label = document.createElement("span");
      label.textContent = mark.label;
      item.append(swatch(mark), label);
      list.append(item);
    });
    return list;
  }

  return { marker: (at, pane) => new Mark(at, { pane }), swatch, listed, setCrowd };
})();
