// The table: a row per run or group; sorted by a click on a heading.
const MOST_ROWS = 60;
let everyRow = false;
let sorting = { name: remembered("sort"), down: remembered("down") === "1" };

function sorted(found) {
  const column = columnOf.get(sorting.name);
  if (!column) return found;
  const value = (row) => row.cells.get(column).value;
  const missing = (row) => !known(value(row)) || Number.isNaN(value(row));
  const numeric = (a) => typeof a === "number";
  const compare = (a, b) => (numeric(a) && numeric(b) ? a - b : String(a).localeCompare(String(b), "en", { numeric: true }));
  const kept = found.filter((row) => !missing(row)).sort((a, b) => compare(value(a), value(b)) * (sorting.down ? -1 : 1));
  return [...kept, ...found.filter(missing)]; // rows without a value stay at the end in both directions
}

function sortBy(column) {
  sorting = { name: column.name, down: sorting.name === column.name && !sorting.down };
  remember("sort", sorting.name);
  remember("down", sorting.down ? "1" : "");
  changed("table");
}

// A long name may break after its separators.
const breakable = (name) => name.split(/(?<=[/._])/).flatMap((part, index) => (index ? [element("wbr"), part] : [part]));
const ARROWS = { lower: " ↓", higher: " ↑", neither: "" };
function heading(column, name) {
  const way = sorting.name !== column.name ? "none" : sorting.down ? "descending" : "ascending";
  const cell = element("th", { scope: "col", class: `${column.kind} ${column.numeric ? "numeric" : ""}`, "aria-sort": way, "data-column": column.name });
  const at = column.kind === "series" && seriesAt !== "last" ? (seriesAt === "best" ? " (best)" : ` (at ${grouped(Number(seriesAt))})`) : "";
  const better = { lower: "lower is better", higher: "higher is better", neither: "" }[column.better];
  const tip = [column.name, better, column.tip, column.kind === "label" ? "" : "Alt+← and Alt+→ move this column, Delete hides it"].filter(Boolean).join("\n");
  const made = button("", () => sortBy(column), { title: tip });
  made.append(...breakable(`${name}${at}${ARROWS[column.better]}`));
  made.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (column.kind === "label" || !((step && event.altKey) || event.key === "Delete")) return;
    event.preventDefault();
    if (step) moveColumn(column, step); else hideColumn(column);
  });
  cell.append(made);
  return cell;
}

function bodyCell(row, column, mark) {
  const { text, note } = row.cells.get(column);
  const long = text.length > 28 ? " long" : "";
  const cell = element("td", { class: `${column.kind}${column.numeric ? " numeric" : ""}${long}${mark ? ` ${mark}` : ""}` }, element("span", {}, text));
  if (mark) cell.title = MARK_TIPS[mark];
  if (note) cell.append(element("small", {}, note));
  if (column.kind === "status" && text === "pruned") cell.title = `goes on by ${row.line.runs.map((run) => run.again).join("\n")}`;
  else if (column.kind === "status") row.line.runs.filter((run) => run.error || run.again).slice(0, 3).forEach((run) => cell.append(trouble(run, row.line.grouped)));
  return cell;
}
// What went wrong, and the command that goes on.
function trouble(run, grouped) {
  const text = [grouped ? run.label : "", run.error].filter(Boolean).join(": ");
  return element("div", { class: "error" }, text, run.again ? element("code", { tabindex: "0" }, run.again) : null);
}

function rowOf(row, shown, marked) {
  const { line } = row;
  const states = new Set(line.runs.map((run) => run.status.replace(" ", "-")));
  const box = element("input", { type: "checkbox", "aria-label": `draw ${line.label}` });
  box.checked = line.ticked;
  box.addEventListener("change", () => tick([line], box.checked));
  const name = element("span", { class: line.label.length > 28 ? "long" : "" }, line.label);
  const head = element("th", { scope: "row" }, element("label", { title: line.label }, box, swatch(line), name));
  const made = element("tr", { class: `${states.size === 1 ? [...states][0] : ""}${line.ticked ? "" : " off"}` }, head);
  if (line.grouped) made.append(element("td", { class: "numeric" }, line.runs.length < line.whole ? `${line.runs.length} of ${line.whole}` : String(line.whole)));
  made.append(...shown.map((column) => bodyCell(row, column, marked.get(column).get(row))));
  return made;
}

function tableNow() {
  const shown = standing();
  const found = lines.map((line) => ({ line, cells: new Cells(line) }));
  return { shown, rows: sorted(found), marked: new Map(shown.map((column) => [column, marks(column, found)])) };
}

function drawTable() {
  const { shown, rows, marked } = tableNow();
  const by = grouping !== "none";
  const head = element("tr", {}, heading(columns[0], by ? "group" : "run"));
  if (by) head.append(element("th", { scope: "col", class: "numeric", title: "runs of the group that match" }, "n"));
  head.append(...shown.map((column) => heading(column, column.short)));
  const drawnRows = everyRow ? rows : rows.slice(0, MOST_ROWS);
  refill(byId("runs").tHead, head);
  refill(byId("runs").tBodies[0], ...drawnRows.map((row) => rowOf(row, shown, marked)));
  byId("more").hidden = drawnRows.length === rows.length;
  byId("more").textContent = `show ${grouped(rows.length - drawnRows.length)} more rows`;
  byId("legend").hidden = ![...marked.values()].some((one) => one.size);
  byId("interval").hidden = !by;
}
function countRuns() {
  const [total, by] = [page.runs.length, grouping !== "none"];
  const many = (count, word) => `${grouped(count)} ${word}${count === 1 ? "" : "s"}`;
  byId("count").textContent = `${matching.length === total ? many(total, "run") : `${grouped(matching.length)} of ${many(total, "run")}`}${by ? ` in ${many(lines.length, "group")}` : ""}.`;
}
