// Rows of the table, lines of the curves: every run alone, or runs that agree on some settings together.
let grouping = remembered("by", "");
const repeated = settings.some((one) => one.seed);
const allButSeed = () => settings.filter((one) => !one.seed);

const keyOf = (by, run) => by.map((column) => textOf(column, column.get(run))).join("\u0000");
function groupedBy(by, members) {
  const found = new Map();
  members.forEach((run) => {
    const key = keyOf(by, run);
    if (found.has(key)) found.get(key).push(run); else found.set(key, [run]);
  });
  return found;
}
const repeats = repeated && groupedBy(allButSeed(), runs).size < runs.length;
const DEFAULT_GROUPING = repeats ? "seed" : "none";
const isGrouping = (text) => ["seed", "none", " "].includes(text) || text.split("\n").every((name) => columnOf.has(name));
if (!isGrouping(grouping)) grouping = DEFAULT_GROUPING; // none is remembered, or another page's

// The settings of a grouping: null where every run stands alone.
function groupColumns() {
  if (grouping === "none") return null;
  if (grouping === "seed") return allButSeed();
  return grouping.split("\n").map((name) => columnOf.get(name)).filter(Boolean);
}
const CHOICES = ["model", "data"];
function groupLabel(by, run) {
  const told = by.map((column) => (CHOICES.includes(column.name) ? textOf(column, column.get(run)) : `${column.short}=${textOf(column, column.get(run))}`));
  return told.join(", ") || "all runs";
}
