// Two pens of one hand: a canvas for the page, which draws a thousand lines at once, and SVG for a file.
class CanvasPen {
  constructor(canvas, width, height) {
    const dots = devicePixelRatio || 1;
    canvas.width = Math.round(width * dots);
    canvas.height = Math.round(height * dots);
    this.context = canvas.getContext("2d");
    this.context.scale(dots, dots);
    this.context.font = '11px system-ui, "DejaVu Sans", sans-serif';
    this.context.lineJoin = "round";
  }
  clipped(x, y, width, height, draw) {
    this.context.save();
    this.context.beginPath();
    this.context.rect(x, y, width, height);
    this.context.clip();
    draw();
    this.context.restore();
  }
  // `points` is [x0, y0, x1, y1, …]; a NaN breaks the line, and a point alone between two breaks becomes a dot.
  line(points, { color: ink, width = 1.6, dash = [], alpha = 1 }) {
    const context = this.context;
    context.globalAlpha = alpha;
    context.strokeStyle = ink;
    context.lineWidth = width;
    context.setLineDash(dash);
    context.beginPath();
    let pen = false;
    for (let i = 0; i < points.length; i += 2) {
      if (Number.isNaN(points[i + 1])) { pen = false; continue; }
      if (pen) context.lineTo(points[i], points[i + 1]); else context.moveTo(points[i], points[i + 1]);
      if (!pen && !(points[i + 3] === points[i + 3])) { context.moveTo(points[i] + 3, points[i + 1]); context.arc(points[i], points[i + 1], 2.5, 0, 6.3); }
      pen = true;
    }
    context.stroke();
    context.globalAlpha = 1;
  }
  area(points, { color: ink, alpha }) {
    const context = this.context;
    context.globalAlpha = alpha;
    context.fillStyle = ink;
    context.beginPath();
    for (let i = 0; i < points.length; i += 2) context.lineTo(points[i], points[i + 1]);
    context.fill();
    context.globalAlpha = 1;
  }
  dot(x, y, { color: ink, radius = 3.5, alpha = 1 }) {
    this.area(Array.from({ length: 32 }, (_, i) => (i % 2 ? y + radius * Math.sin((i >> 1) * 0.3927) : x + radius * Math.cos((i >> 1) * 0.3927))), { color: ink, alpha });
  }
  text(x, y, words, { color: ink, align = "left", halo = null }) {
    this.context.fillStyle = ink;
    this.context.textAlign = align;
    if (halo) {
      this.context.setLineDash([]);
      this.context.lineWidth = 4;
      this.context.strokeStyle = halo;
      this.context.strokeText(words, x, y);
    }
    this.context.fillText(words, x, y);
  }
}

class SvgPen {
  constructor(width, height, background) {
    this.svg = drawn("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "font-family": "sans-serif", "font-size": 11 });
    this.svg.append(drawn("rect", { width, height, fill: background }));
    this.into = this.svg;
  }
  clipped(x, y, width, height, draw) { // an inner svg cuts off what lies outside of it
    const inner = drawn("svg", { x, y, width, height, viewBox: `${x} ${y} ${width} ${height}` });
    this.into.append(inner);
    const outer = this.into;
    this.into = inner;
    draw();
    this.into = outer;
  }
  path(points, close) {
    let found = "";
    let pen = false;
    for (let i = 0; i < points.length; i += 2) {
      if (Number.isNaN(points[i + 1])) { pen = false; continue; }
      found += `${pen ? "L" : "M"}${points[i].toFixed(1)} ${points[i + 1].toFixed(1)}`;
      if (!pen && !(points[i + 3] === points[i + 3])) found += "h.01";
      pen = true;
    }
    return close ? `${found}Z` : found;
  }
  line(points, { color: ink, width = 1.6, dash = [], alpha = 1 }) {
    this.into.append(drawn("path", {
      d: this.path(points), fill: "none", stroke: ink, "stroke-width": width, "stroke-dasharray": dash.join(" "),
      "stroke-opacity": alpha, "stroke-linejoin": "round", "stroke-linecap": dash.length ? "butt" : "round",
    }));
  }
  area(points, { color: ink, alpha }) { this.into.append(drawn("path", { d: this.path(points, true), fill: ink, "fill-opacity": alpha })); }
  dot(x, y, { color: ink, radius = 3.5, alpha = 1 }) { this.into.append(drawn("circle", { cx: x, cy: y, r: radius, fill: ink, "fill-opacity": alpha })); }
  text(x, y, words, { color: ink, align = "left" }) {
    this.into.append(drawn("text", { x, y, fill: ink, "text-anchor": { left: "start", center: "middle", right: "end" }[align] }, words));
  }
  get file() { return new XMLSerializer().serializeToString(this.svg); }
}
