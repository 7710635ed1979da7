// The table as CSV (full precision, a column for n and one for half an interval), Markdown and LaTeX (booktabs, siunitx).
function exportCsv() {
  const { shown, rows: found } = tableNow();
  const by = grouping !== "none";
  const measured = (column) => by && MEASURES.includes(column.kind) && column.numeric;
  const head = [by ? "group" : "run", ...(by ? ["n"] : []), ...shown.flatMap((one) => (measured(one) ? [one.name, `${one.name} ±95%`, `${one.name} n`] : [one.name]))];
  const body = found.map(({ line, cells }) => [line.label, ...(by ? [line.runs.length] : []), ...shown.flatMap((column) => {
    const { value, half, numbers, text } = cells.get(column);
    if (measured(column)) return [value, Number.isFinite(half) ? half : "", numbers.length];
    return [known(value) ? value : by && text !== MISSING ? text : ""];
  })]);
  return [head, ...body].map((row) => row.map(quotedCsv).join(",")).join("\r\n") + "\r\n";
}

function exportMarkdown() {
  const { shown, rows: found, marked } = tableNow();
  const by = grouping !== "none";
  const cell = (text) => String(text).replace(/[\\|<>*_`[\]]/g, "\\$&").replace(/\s+/g, " ");
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const head = [by ? "group" : "run", ...(by ? ["n"] : []), ...shown.map((one) => `${one.short}${ARROWS[one.better]}`)];
  const body = found.map((row) => [cell(row.line.label), ...(by ? [row.line.runs.length] : []), ...shown.map((column) => {
    const text = cell(row.cells.get(column).text);
    return { best: `**${text}**`, near: `*${text}*` }[marked.get(column).get(row)] || text;
  })]);
  const note = [...marked.values()].some((one) => one.size) ? "\n\n**best**, *not distinguishable from it (Welch, 95 %)*" : "";
  return [line(head.map(cell)), line(["---", ...(by ? ["---:"] : []), ...shown.map((one) => (one.numeric ? "---:" : "---"))]), ...body.map(line)].join("\n") + `${note}\n`;
}

// A number for an S column of siunitx: 12.3 \pm 0.4, in bold where it is the best; anything else in braces is text.
function texCell(column, { text, value }, mark) {
  const number = text.replace(/,(?=\d)/g, "").replace("±", "\\pm").replace(/^-/, "-");
  const plain = MEASURES.includes(column.kind) && !column.unit && Number.isFinite(value) && /^[-\d.e+\s\\pm]+$/.test(number);
  if (!plain) return column.numeric && MEASURES.includes(column.kind) && !column.unit ? `{${texText(text)}}` : texText(text);
  return { best: `\\bfseries ${number}`, near: `\\itshape ${number}` }[mark] || number;
}
function exportLatex() {
  const { shown, rows: found, marked } = tableNow();
  const by = grouping !== "none";
  const numeric = (one) => MEASURES.includes(one.kind) && one.numeric && !one.unit;
  const kinds = shown.map((one) => (numeric(one) ? "S" : "l")).join("");
  const head = [by ? "group" : "run", ...(by ? ["$n$"] : []), ...shown.map((one) => {
    const name = texText(`${one.short}${ARROWS[one.better]}`);
    return numeric(one) ? `{${name}}` : name;
  })];
  const body = found.map((row) => [texText(row.line.label), ...(by ? [row.line.runs.length] : []),
    ...shown.map((column) => texCell(column, row.cells.get(column), marked.get(column).get(row)))]);
  const setup = "% \\usepackage{booktabs,siunitx}\n\\sisetup{separate-uncertainty,detect-weight,detect-shape,mode=text}\n";
  const lineOf = (cells) => `  ${cells.join(" & ")} \\\\`;
  return `${setup}\\begin{tabular}{l${by ? "r" : ""}${kinds}}\n  \\toprule\n${lineOf(head)}\n  \\midrule\n${body.map(lineOf).join("\n")}\n  \\bottomrule\n\\end{tabular}\n`;
}
byId("csv").addEventListener("click", () => save("runs.csv", exportCsv(), "text/csv"));
byId("markdown").addEventListener("click", () => save("runs.md", exportMarkdown(), "text/markdown"));
byId("latex").addEventListener("click", () => save("runs.tex", exportLatex(), "text/plain"));
