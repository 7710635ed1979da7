// Small multiples: one chart per metric, grouped, with the values under the pointer.
if (byId("curves")) {
  const MANY = 12; // a group of more charts, such as one per latent, is closed at first
  const QUIET = ["schedule", "learning_rate", "speed"];
  const panels = [];
  const options = () => ({ log: byId("log").checked, cut: byId("cut").checked });

  const curvesOf = (metric) => shownRuns().filter((run) => metric.runs[run.id])
    .map((run) => ({ run, images: metric.runs[run.id][0], values: metric.runs[run.id][1] }));

  // What the lines do not show: values that are not finite, and those that a logarithm has no place for.
  function remarks(curves, log) {
    const broken = curves.filter(({ values }) => values.includes(null))
      .map(({ run, images, values }) => `${run.label}: not finite at ${grouped(images[values.indexOf(null)])} images`);
    const negative = log && curves.some(({ values }) => values.some((value) => value !== null && value <= 0));
    return [...broken, ...(negative ? ["values of 0 and below are left out"] : [])].join("; ");
  }

  function draw(panel) {
    if (!panel.figure.closest("details[open]") || !panel.plot.clientWidth) return; // out of sight: drawn when it appears
    panel.curves = curvesOf(panel.metric);
    panel.x = drawChart(panel.plot, panel.curves, options());
    panel.remark.textContent = remarks(panel.curves, options().log);
    panel.hover.hidden = true;
  }

  const nearest = (images, at) => images.reduce((best, seen, i) => (Math.abs(seen - at) < Math.abs(images[best] - at) ? i : best), 0);

  function point(panel, event) {
    if (!panel.x) return;
    const bounds = panel.plot.getBoundingClientRect();
    const inner = bounds.width - MARGIN.left - MARGIN.right;
    const at = ((event.clientX - bounds.left - MARGIN.left) / inner) * panel.x.last;
    const found = panel.curves.map((curve) => ({ ...curve, index: nearest(curve.images, at) }));
    const seen = found.map(({ images, index }) => images[index]).reduce((a, b) => (Math.abs(b - at) < Math.abs(a - at) ? b : a));
    const lines = found.map(({ run, images, values, index }) => {
      const line = element("div");
      const value = values[index] === null ? "not finite" : String(Number(values[index].toPrecision(5)));
      const elsewhere = images[index] === seen ? "" : ` at ${grouped(images[index])}`;
      line.append(swatch(run), element("span", {}, run.label), element("b", {}, value + elsewhere));
      return line;
    });
    panel.hover.replaceChildren(element("div", {}, `${grouped(seen)} images`), ...lines);
    panel.hover.hidden = false;
    const left = Math.min(panel.x.at(seen) + 12, bounds.width - panel.hover.offsetWidth);
    panel.hover.style.left = `${Math.max(0, left)}px`;
    panel.hover.style.top = `${panel.plot.offsetTop + panel.plot.clientHeight + 2}px`;
    mark(panel, panel.x.at(seen));
  }

  function mark(panel, at) {
    const svg = panel.plot.firstChild;
    const old = svg.querySelector(".mark");
    if (old) old.remove();
    const line = { class: "mark", x1: at, x2: at, y1: MARGIN.top, y2: panel.plot.clientHeight - MARGIN.bottom, stroke: "#59636e" };
    svg.append(drawn("line", line));
  }

  function leave(panel) {
    panel.hover.hidden = true;
    const old = panel.plot.querySelector(".mark");
    if (old) old.remove();
  }

  function build(metric) {
    const figure = element("figure", { class: "panel", "data-metric": metric.name });
    const caption = element("figcaption");
    const widen = element("button", { type: "button", "aria-pressed": "false" }, "widen");
    const panel = {
      metric, figure, plot: element("div", { class: "plot" }), hover: element("div", { class: "hover", hidden: "" }),
      remark: element("div", { class: "remark" }),
    };
    caption.append(element("span", {}, metric.name), widen);
    figure.append(caption, panel.plot, panel.remark, panel.hover);
    widen.addEventListener("click", () => widen.setAttribute("aria-pressed", figure.classList.toggle("wide")));
    panel.plot.addEventListener("pointermove", (event) => point(panel, event));
    panel.plot.addEventListener("pointerleave", () => leave(panel));
    new ResizeObserver(() => draw(panel)).observe(panel.plot);
    panels.push(panel);
    return figure;
  }

  page.curves.forEach(({ group, metrics }) => {
    const details = element("details", { "data-group": group });
    details.open = metrics.length <= MANY && !QUIET.includes(group);
    const grid = element("div", { class: "panels" });
    grid.append(...metrics.map(build));
    details.addEventListener("toggle", () => panels.filter((panel) => grid.contains(panel.figure)).forEach(draw));
    details.append(element("summary", {}, `${group} (${metrics.length})`), grid);
    byId("curves").append(details);
  });

  // Metrics that match the words and that a shown run has; what a search finds is opened.
  function arrange() {
    const words = byId("metrics").value.toLowerCase().split(/\s+/).filter(Boolean);
    panels.forEach(({ figure, metric }) => {
      const wanted = words.every((word) => metric.name.toLowerCase().includes(word));
      figure.hidden = !wanted || !shownRuns().some((run) => metric.runs[run.id]);
    });
    document.querySelectorAll("#curves details").forEach((details) => {
      const left = details.querySelectorAll(".panel:not([hidden])").length;
      details.hidden = !left;
      if (words.length && left && left <= MANY) details.open = true;
    });
    byId("no-curves").hidden = panels.some(({ figure }) => !figure.hidden);
    panels.forEach(draw);
  }

  onChange(arrange);
  byId("metrics").addEventListener("input", arrange);
  ["log", "cut"].forEach((id) => byId(id).addEventListener("change", () => panels.forEach(draw)));
}
