// Which runs match the box: a question where it holds a comparison, else words that a run's cells hold.
let matching = runs;
const alias = (name) => name.toLowerCase().replace(/ /g, "_");
const parts = (name) => name.split(/[./ ]/);

function findColumn(name) {
  const exact = columnOf.get(name) || columns.find((one) => one.short === name || alias(one.name) === alias(name));
  if (exact) return exact;
  const named = (one) => parts(one.name).includes(name) || parts(one.short).includes(name);
  const visible = columns.filter((one) => one.shown && named(one));
  const found = visible.length ? visible : columns.filter(named);
  if (found.length === 1) return found[0];
  if (found.length) throw new QueryError(`${name} may be ${found.slice(0, 4).map((one) => `\`${one.name}\``).join(" or ")}: write one of them`);
  const near = columns.filter((one) => one.name.toLowerCase().includes(name.toLowerCase().slice(0, 4))).slice(0, 3);
  throw new QueryError(`no column is called ${name}${near.length ? `; there is ${near.map((one) => one.short).join(", ")}` : ""}`);
}

// All that the table tells of a run, in lower case; kept until series stand at another place.
let wordsAt = null;
let wordsKept = [];
function wordsOf(run) {
  if (wordsAt !== seriesAt) [wordsAt, wordsKept] = [seriesAt, []];
  if (!wordsKept[run.index]) {
    const told = columns.filter((column) => column.shown).map((column) => textOf(column, column.get(run)));
    wordsKept[run.index] = [...told, run.error].join("\n").toLowerCase();
  }
  return wordsKept[run.index];
}
const words = (text) => text.toLowerCase().split(/\s+/).filter(Boolean);
function wordSearch(text) {
  const wanted = words(text);
  if (!wanted.length) return () => true;
  return (run) => wanted.every((word) => wordsOf(run).includes(word));
}

function predicate(text) {
  return /[=<>~]|\s(in|contains)\s/.test(text) ? parsed(text, findColumn) : wordSearch(text);
}

// A wrong question leaves the runs that the last right one found, and says what is wrong.
function search() {
  const text = byId("query").value;
  try {
    const wanted = predicate(text);
    matching = runs.filter((run) => wanted(run) && withinBrushes(run));
    byId("wrong").textContent = "";
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    byId("wrong").textContent = `${error.message}.`;
  }
  byId("query").setAttribute("aria-invalid", String(Boolean(byId("wrong").textContent)));
}
