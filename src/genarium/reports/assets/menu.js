// What runs are grouped by, and which columns stand in the table, in which order.
let order = rememberedList("cols"); // names of the columns in the table; empty: those that differ
const standing = () => {
  const found = order.map((name) => columnOf.get(name)).filter(Boolean);
  return found.length ? found : columns.filter((column) => column.shown && column.kind !== "label" && (column.differs || column.kind !== "cost" || column.numeric));
};
function setOrder(found) {
  order = found.map((column) => column.name);
  remember("cols", JSON.stringify(order), "[]");
  changed("table");
}
function moveColumn(column, step) {
  const found = standing();
  const from = found.indexOf(column);
  const to = from + step;
  if (to < 0 || to >= found.length) return;
  found.splice(from, 1);
  found.splice(to, 0, column);
  setOrder(found);
}
function hideColumn(column) { setOrder(standing().filter((one) => one !== column)); }

function drawColumnMenu() {
  const shown = standing();
  const wanted = words(byId("find-column").value);
  const rest = columns.filter((column) => column.kind !== "label" && !shown.includes(column));
  const found = [...shown, ...rest].filter((column) => wanted.every((word) => column.name.toLowerCase().includes(word)));
  refill(byId("column-list"), ...found.slice(0, 80).map((column) => {
    const box = element("input", { type: "checkbox" });
    box.checked = shown.includes(column);
    box.addEventListener("change", () => (box.checked ? setOrder([...standing(), column]) : hideColumn(column)));
    const label = element("label", { title: column.tip || column.name }, box, column.name);
    const arrows = [["↑", -1, "earlier"], ["↓", 1, "later"]].map(([text, step, word]) =>
      button(text, () => moveColumn(column, step), { "aria-label": `${column.name} ${word}` }));
    return element("li", {}, label, ...(box.checked && !wanted.length ? arrows : []));
  }));
}

function drawGroupMenu() {
  const pairs = [...(repeated ? [["seed", "all but the seed"]] : []), ["none", "nothing: every run alone"], ["own", "settings of my choice"]];
  const own = !["seed", "none"].includes(grouping);
  options(byId("by"), pairs, own ? "own" : grouping);
  const by = own ? groupColumns() : [];
  byId("own").hidden = !own;
  refill(byId("own"), ...settings.map((column) => {
    const box = element("input", { type: "checkbox" });
    box.checked = by.includes(column);
    box.addEventListener("change", () => {
      const now = box.checked ? [...groupColumns(), column] : groupColumns().filter((one) => one !== column);
      regroup(settings.filter((one) => now.includes(one)).map((one) => one.name).join("\n") || " ");
    });
    return element("label", {}, box, column.short);
  }));
}
function regroup(value) {
  grouping = value;
  remember("by", value, DEFAULT_GROUPING);
  off.clear();
  remember("off", "");
  drawGroupMenu();
  changed("runs");
}
