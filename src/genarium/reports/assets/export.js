// Files made of what is shown: the reader's browser saves them, nothing is sent.
function save(name, content, kind) {
  const link = element("a", { href: URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type: kind })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
const fileName = (name) => name.replace(/[^\p{L}\p{N}_-]+/gu, "_").slice(0, 80) || "figure";
function quotedCsv(value) {
  let text = value === null || value === undefined ? "" : String(value);
  if (typeof value === "string" && /^[=+@\t\r-]/.test(text)) text = `'${text}`; // a spreadsheet would run it as a formula
  return /[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}
const TEX = { "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", $: "\\$", "&": "\\&", "#": "\\#", "%": "\\%", _: "\\_", "^": "\\textasciicircum{}", "~": "\\textasciitilde{}", "±": "$\\pm$", "·": "$\\cdot$", β: "$\\beta$", "—": "--", "↑": "$\\uparrow$", "↓": "$\\downarrow$", "∞": "$\\infty$" };
const texText = (text) => String(text).replace(/[\\{}$&#%_^~±·β—↑↓∞]/g, (letter) => TEX[letter]);
