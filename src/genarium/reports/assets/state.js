"use strict";
// What is shown: which runs are ticked and match the filter. Every part of the page listens to it.
const page = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);

// Okabe and Ito's colors, told apart by color-blind eyes (Color Universal Design, 2008), less their yellow;
// runs beyond the seventh repeat them with another dash.
const COLORS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"];
const DASHES = ["", "6 3", "2 3", "9 3 2 3"];
page.runs.forEach((run, index) => {
  run.color = COLORS[index % COLORS.length];
  run.dash = DASHES[Math.floor(index / COLORS.length) % DASHES.length];
  run.ticked = true;
  run.matches = true;
});
const runOf = Object.fromEntries(page.runs.map((run) => [run.id, run]));
const shownRuns = () => page.runs.filter((run) => run.ticked && run.matches);

const listeners = [];
const onChange = (listener) => listeners.push(listener);
const changed = () => listeners.forEach((listener) => listener());

function element(tag, attributes = {}, text = null) {
  const made = document.createElement(tag);
  Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
  if (text !== null) made.textContent = text;
  return made;
}

const SVG = document.querySelector("svg").namespaceURI;
function drawn(tag, attributes = {}, text = null) {
  const made = document.createElementNS(SVG, tag);
  Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
  if (text !== null) made.textContent = text;
  return made;
}

function fillSwatch(swatch, run) {
  const line = { x1: 1, y1: 5, x2: 21, y2: 5, stroke: run.color, "stroke-width": 3, "stroke-dasharray": run.dash };
  swatch.replaceChildren(drawn("line", line));
  return swatch;
}
const swatch = (run) => fillSwatch(drawn("svg", { class: "swatch", "aria-hidden": "true" }), run);
document.querySelectorAll("[data-swatch]").forEach((place) => fillSwatch(place, runOf[place.dataset.swatch]));

const grouped = (value) => value.toLocaleString("en-US");
