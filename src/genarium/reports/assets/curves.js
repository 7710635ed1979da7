// Learning curves: small multiples in groups that open and close; only charts in view are drawn.
const panels = [];
function makeCurves() {
  const MANY = 12; // a group of more charts, such as one per latent, is closed at first
  const QUIET = ["gradient_norm", "schedule", "learning_rate", "speed"];
  page.curves.forEach(({ group, metrics }) => {
    const details = element("details", { "data-group": group });
    details.open = metrics.length <= MANY && !QUIET.includes(group.split("/")[0]);
    const grid = element("div", { class: "panels" });
    metrics.forEach((metric) => {
      const panel = makePanel(metric);
      panels.push(panel);
      grid.append(panel.figure);
    });
    details.append(element("summary", {}, `${group} (${metrics.length})`), grid);
    byId("curves").append(details);
  });
}

// Metrics that match the words and that a shown run has; what a search finds is opened.
function arrangeCurves() {
  const wanted = words(byId("metrics").value);
  const shown = new Set(shownLines().flatMap((line) => line.runs.map((run) => run.index)));
  panels.forEach(({ figure, metric }) => {
    figure.hidden = !wanted.every((word) => metric.name.toLowerCase().includes(word)) || !metric.runs.some((run) => shown.has(run));
  });
  document.querySelectorAll("#curves details").forEach((details) => {
    const left = details.querySelectorAll(".panel:not([hidden])").length;
    details.hidden = !left;
    if (wanted.length && left && left <= 12) details.open = true;
  });
  byId("no-curves").hidden = panels.some(({ figure }) => !figure.hidden);
  panels.forEach((panel) => panel.request());
}

function startCurves() {
  if (!byId("curves")) return;
  makeCurves();
  const read = () => {
    Object.assign(curveOptions, {
      x: byId("x").value, logX: byId("log-x").checked, logY: byId("log-y").checked, cut: byId("cut").checked, smooth: Number(byId("smooth").value),
    });
    byId("smoothing").textContent = curveOptions.smooth.toFixed(2);
    panels.forEach((panel) => panel.request());
  };
  [["x", "images"], ["log-x", ""], ["log-y", ""], ["cut", ""], ["smooth", "0"]].forEach(([id, fallback]) => bound(byId(id), id, fallback, read));
  bound(byId("metrics"), "metrics", "", arrangeCurves);
  read();
  onChange("runs", arrangeCurves);
  onChange("ticks", arrangeCurves);
}
