// Which settings a measure's variance over runs comes from: fANOVA, computed where the page was made.
function drawImportance() {
  const found = page.importance.measures.find((one) => one.name === byId("important").value);
  if (!found) return;
  byId("importance").replaceChildren(...found.settings.map(({ name, mean: share, spread }) => {
    const bar = element("div", { class: "bar" }, element("div", { class: "fill" }), element("div", { class: "spread" }));
    bar.style.setProperty("--share", share);
    bar.style.setProperty("--low", Math.max(0, share - spread));
    bar.style.setProperty("--high", Math.min(1, share + spread));
    const column = columnOf.get(name);
    return element("li", {}, element("span", { title: name }, column ? column.short : name), bar, element("b", {}, `${(100 * share).toFixed(1)} ± ${(100 * spread).toFixed(1)} %`));
  }));
  byId("importance-note").textContent = `Share of the variance over ${found.runs} finished runs; ± is the standard deviation over forests grown on resampled runs.`;
}
function startImportance() {
  const { measures: told, note } = page.importance;
  byId("important").parentElement.hidden = !told.length;
  byId("importance-note").textContent = note;
  options(byId("important"), told.map(({ name }) => [name, columnOf.get(name).short]), remembered("important"));
  byId("important").addEventListener("input", () => { remember("important", byId("important").value); drawImportance(); });
  drawImportance();
}
