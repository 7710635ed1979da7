// Two runs side by side: settings, versions and protocols in which they differ.
function drawDiff() {
  const [a, b] = ["left-run", "right-run"].map((id) => runs[Number(byId(id).value)]);
  if (!a || !b) return;
  const kinds = ["setting", "origin", "status", "number", "series", "cost"];
  const text = (column, run) => textOf(column, column.get(run));
  const found = kinds.flatMap((kind) => columns.filter((column) => column.kind === kind))
    .map((column) => ({ column, left: text(column, a), right: text(column, b) }))
    .filter(({ left, right }) => left !== right);
  byId("difference").tHead.replaceChildren(element("tr", {}, element("th", { scope: "col" }, "differs"), element("th", { scope: "col" }, a.label), element("th", { scope: "col" }, b.label)));
  byId("difference").tBodies[0].replaceChildren(...found.map(({ column, left, right }) =>
    element("tr", { class: column.kind }, element("th", { scope: "row" }, column.name), element("td", {}, left), element("td", {}, right))));
  const measured = (run) => columns.filter((column) => column.kind === "number" && column.name.includes(" · ") && known(column.get(run)));
  const name = (column) => column.name.split(" · ")[0];
  const clash = measured(a).filter((one) => measured(b).some((other) => other !== one && name(other) === name(one)));
  const names = [...new Set(clash.map(name))];
  byId("clash").textContent = names.length ? `Measured under different protocols, not to be compared: ${names.join(", ")}.` : "";
  byId("same").textContent = found.length ? "" : "Nothing that is recorded differs.";
}
function startDiff() {
  const pairs = runs.map((run) => [String(run.index), run.label]);
  [["left-run", "0"], ["right-run", String(Math.min(1, runs.length - 1))]].forEach(([id, fallback]) => {
    const label = remembered(id);
    options(byId(id), pairs, String(Math.max(0, runs.findIndex((run) => run.label === label))));
    if (!label) byId(id).value = fallback;
    byId(id).addEventListener("input", () => { remember(id, runs[Number(byId(id).value)].label); drawDiff(); });
  });
  drawDiff();
}
