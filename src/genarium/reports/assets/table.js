// The table of runs: sort by a click on a heading, filter by words, tick what is shown.
{
  const body = byId("runs").tBodies[0];
  const rows = [...body.rows];
  const headings = [...byId("runs").tHead.rows[0].cells];
  const boxes = [...document.querySelectorAll("input[data-run]")];

  const compare = (numeric) => (a, b) => (numeric ? a - b : a.localeCompare(b, "en", { numeric: true }));

  // runs without a value stay at the end in both directions
  function sort(column, descending) {
    const numeric = headings[column].classList.contains("numeric");
    const value = (row) => row.cells[column].dataset.value;
    const missing = (row) => value(row) === undefined || (numeric && Number.isNaN(Number(value(row))));
    const order = compare(numeric);
    const known = rows.filter((row) => !missing(row)).sort((a, b) => order(value(a), value(b)) * (descending ? -1 : 1));
    body.append(...known, ...rows.filter(missing));
    headings.forEach((heading, index) =>
      heading.setAttribute("aria-sort", index !== column ? "none" : descending ? "descending" : "ascending"));
  }

  headings.forEach((heading, column) => heading.querySelector("button").addEventListener("click", () =>
    sort(column, heading.getAttribute("aria-sort") === "ascending")));

  boxes.forEach((box) => box.addEventListener("change", () => {
    runOf[box.dataset.run].ticked = box.checked;
    changed();
  }));

  byId("filter").addEventListener("input", (event) => {
    const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    rows.forEach((row) => {
      const text = row.textContent.toLowerCase();
      runOf[row.dataset.row].matches = words.every((word) => text.includes(word));
    });
    changed();
  });

  const tickAll = (ticked) => () => {
    page.runs.filter((run) => run.matches).forEach((run) => { run.ticked = ticked; });
    changed();
  };
  byId("all").addEventListener("click", tickAll(true));
  byId("none").addEventListener("click", tickAll(false));
  if (byId("unfold")) {
    byId("unfold").addEventListener("change", (event) => byId("runs").classList.toggle("unfolded", event.target.checked));
  }

  onChange(() => {
    rows.forEach((row) => {
      const run = runOf[row.dataset.row];
      row.hidden = !run.matches;
      row.classList.toggle("off", !run.ticked);
    });
    boxes.forEach((box) => {
      box.checked = runOf[box.dataset.run].ticked;
      const chip = box.closest(".chip");
      if (chip) chip.classList.toggle("filtered", !runOf[box.dataset.run].matches);
    });
    const total = page.runs.length;
    byId("count").textContent = `${shownRuns().length} of ${total} run${total === 1 ? "" : "s"} shown.`;
  });
}
