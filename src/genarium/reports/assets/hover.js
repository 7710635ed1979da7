// Values under the pointer, or under the arrow keys: the runs nearest to it by name.
const NAMED = 8;

function nearest(xs, at) {
  let [low, high] = [0, xs.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (xs[middle] < at) low = middle; else high = middle;
  }
  return Math.abs(xs[low] - at) <= Math.abs(xs[high] - at) ? low : high;
}

function hoverAt(panel, px, py) {
  if (!panel.scales) return;
  const { x, y } = panel.scales;
  const at = x.value(px);
  const named = panel.drawn.curves.filter((curve) => curve.label).map((curve) => {
    const index = nearest(curve.x, at);
    const far = Number.isFinite(curve.y[index]) && (!y.log || curve.y[index] > 0) ? Math.abs(y.at(curve.y[index]) - py) : 1e9;
    return { curve, index, far };
  });
  if (!named.length) return;
  const seen = named.map(({ curve, index }) => curve.x[index]).reduce((a, b) => (Math.abs(b - at) < Math.abs(a - at) ? b : a));
  const shown = [...named].sort((a, b) => a.far - b.far).slice(0, NAMED);
  const rest = named.length - shown.length;
  const lineOf = ({ curve, index }, place) => {
    const value = Number.isFinite(curve.y[index]) ? String(Number(curve.y[index].toPrecision(5))) : numberText(curve.y[index]);
    const half = curve.half && Number.isFinite(curve.half[index]) ? ` ± ${Number(curve.half[index].toPrecision(2))} (n = ${curve.counts[index]})` : "";
    const elsewhere = curve.x[index] === seen ? "" : ` at ${xText(curve.x[index])}`;
    return element("div", { class: place === 0 ? "nearest" : "" }, swatch(curve), element("span", {}, curve.label), element("b", {}, value + half + elsewhere));
  };
  panel.hover.replaceChildren(element("div", {}, xText(seen)), ...shown.map(lineOf), ...(rest ? [element("div", { class: "quiet" }, `and ${grouped(rest)} more`)] : []));
  panel.hover.hidden = false;
  const width = panel.plot.clientWidth;
  panel.hover.style.left = `${Math.max(0, Math.min(x.at(seen) + 12, width - panel.hover.offsetWidth))}px`;
  panel.hover.style.top = `${panel.plot.offsetTop + panel.plot.clientHeight + 2}px`;
  panel.mark.style.left = `${x.at(seen)}px`;
  panel.mark.hidden = false;
  panel.at = x.at(seen);
}

function leave(panel) {
  panel.hover.hidden = panel.mark.hidden = true;
}

function listenForHover(panel) {
  panel.plot.addEventListener("pointermove", (event) => {
    const box = panel.plot.getBoundingClientRect();
    hoverAt(panel, event.clientX - box.left, event.clientY - box.top);
  });
  panel.plot.addEventListener("pointerleave", () => leave(panel));
  panel.plot.addEventListener("blur", () => leave(panel));
  panel.plot.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -12, ArrowRight: 12, Home: -1e5, End: 1e5 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = (panel.at ?? panel.plot.clientWidth) + step;
    hoverAt(panel, Math.max(MARGIN.left, Math.min(panel.plot.clientWidth - MARGIN.right, at)), panel.plot.clientHeight / 2);
  });
}
