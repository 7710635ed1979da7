// The page begins: curves are inflated, then everything is drawn from what the address remembers.
async function start() {
  unpackCurves(await inflated(byId("series").textContent));
  byId("query").value = remembered("q");
  const redrawTable = drawnSoon(byId("runs"), drawTable);
  const found = () => { search(); makeLines(); countRuns(); drawChips(); };
  onChange("runs", () => { found(); redrawTable(); });
  onChange("table", () => { drawTable(); drawColumnMenu(); });
  onChange("ticks", () => { drawChips(); redrawTable(); });
  byId("query").addEventListener("input", () => { remember("q", byId("query").value); changed("runs"); });
  byId("by").addEventListener("input", () => regroup(byId("by").value === "own" ? settings.slice(0, 1).map((one) => one.name).join("\n") || " " : byId("by").value));
  byId("find-column").addEventListener("input", drawColumnMenu);
  byId("usual").addEventListener("click", () => setOrder([]));
  byId("all").addEventListener("click", () => tick(lines, true));
  byId("none").addEventListener("click", () => tick(lines, false));
  byId("more").addEventListener("click", () => { everyRow = true; drawTable(); });
  startSeriesAt();
  drawGroupMenu();
  startCurves();
  startParallel();
  startScatter();
  startImportance();
  startDiff();
  found();
  drawTable();
  drawColumnMenu();
  startPictures();
  if (byId("curves")) arrangeCurves();
  startWatch();
  document.body.dataset.ready = "1";
}
// Series stand in the table at their last value, their best, or at a step.
function startSeriesAt() {
  const now = () => { seriesAt = byId("at").value === "step" ? String(Number(byId("step").value) || 0) : byId("at").value; };
  const step = !["last", "best"].includes(seriesAt);
  byId("at").value = step ? "step" : seriesAt;
  byId("step").value = step ? seriesAt : "";
  byId("step").hidden = !step;
  const act = () => {
    byId("step").hidden = byId("at").value !== "step";
    now();
    remember("at", seriesAt, "last");
    changed("runs");
  };
  ["at", "step"].forEach((id) => byId(id).addEventListener("input", act));
  byId("at").parentElement.hidden = !page.curves.length;
}
start();
