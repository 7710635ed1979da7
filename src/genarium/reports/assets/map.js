"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const find = (id) => document.getElementById(id);
const canvas = find("map"), pen = canvas.getContext("2d"), sheet = new Image();
const hidden = new Set(), home = { x: 0, y: 0, zoom: 1 };
let chosen = 0, view = { ...home }, under = -1, drag = null, waiting = false;

const side = () => canvas.clientWidth;
const scale = () => (side() / 2) * 0.94 * view.zoom;
const place = ([x, y]) => [side() / 2 + (x - view.x) * scale(), side() / 2 - (y - view.y) * scale()];
const shown = (i) => !hidden.has(data.labels[i]);
const color = (i) => data.colors[data.labels[i]];

function draw() {
  waiting = false;
  const ratio = window.devicePixelRatio || 1, edge = side();
  if (canvas.width !== Math.round(edge * ratio)) canvas.width = canvas.height = Math.round(edge * ratio);
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, edge, edge);
  const places = data.maps[chosen].points.map(place), taken = [], frame = 34;
  places.forEach(([x, y], i) => {
    if (!shown(i)) return;
    pen.fillStyle = color(i);
    pen.beginPath();
    pen.arc(x, y, i === under ? 6 : 3, 0, 2 * Math.PI);
    pen.fill();
  });
  if (!find("thumbnails").checked) return;
  places.forEach(([x, y], i) => {
    if (!shown(i) || x < 0 || y < 0 || x > edge || y > edge) return;
    if (taken.some(([a, b]) => Math.abs(a - x) < frame && Math.abs(b - y) < frame)) return;
    taken.push([x, y]);
    pen.fillStyle = color(i);
    pen.fillRect(x - 16, y - 16, 32, 32);
    picture(pen, i, x - 14, y - 14, 28);
  });
}

function picture(where, i, x, y, size) {
  const { side: edge, columns } = data;
  where.drawImage(sheet, (i % columns) * edge, Math.floor(i / columns) * edge, edge, edge, x, y, size, size);
}

function redraw() {
  if (!waiting) requestAnimationFrame(draw);
  waiting = true;
}

function choose(i) {
  chosen = i;
  find("quality").textContent = data.maps[i].quality;
  [...find("maps").children].forEach((one, j) => one.setAttribute("aria-pressed", String(i === j)));
  redraw();
}

function nearest(x, y) {
  let best = -1, least = 400;
  data.maps[chosen].points.forEach((point, i) => {
    const [a, b] = place(point), far = (a - x) ** 2 + (b - y) ** 2;
    if (shown(i) && far < least) [best, least] = [i, far];
  });
  return best;
}

function point(x, y) {
  under = nearest(x, y);
  const tip = find("tip");
  tip.hidden = under < 0;
  if (under >= 0) {
    const ink = find("image").getContext("2d");
    ink.imageSmoothingEnabled = false;
    picture(ink, under, 0, 0, 160);
    find("label").textContent = data.classes[data.labels[under]] ?? "";
    tip.style.left = `${x + 190 > side() ? x - 190 : x + 16}px`;
    tip.style.top = `${Math.min(y + 16, side() - 190)}px`;
  }
  redraw();
}

function zoom(factor, x = side() / 2, y = side() / 2) {
  const before = scale();
  view.zoom = Math.min(60, Math.max(0.5, view.zoom * factor));
  const change = 1 / before - 1 / scale();
  view.x += (x - side() / 2) * change;
  view.y -= (y - side() / 2) * change;
  redraw();
}

function move(dx, dy) {
  view.x -= dx / scale();
  view.y += dy / scale();
  redraw();
}

function button(text, press, pressed) {
  const made = document.createElement("button");
  made.type = "button";
  made.append(text);
  made.setAttribute("aria-pressed", String(pressed));
  made.addEventListener("click", press);
  return made;
}

canvas.addEventListener("wheel", (event) => {
  event.preventDefault();
  zoom(Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY);
}, { passive: false });
canvas.addEventListener("pointerdown", (event) => {
  drag = [event.offsetX, event.offsetY];
  canvas.setPointerCapture(event.pointerId);
});
canvas.addEventListener("pointermove", (event) => {
  if (drag) {
    move(event.offsetX - drag[0], event.offsetY - drag[1]);
    drag = [event.offsetX, event.offsetY];
  }
  point(event.offsetX, event.offsetY);
});
canvas.addEventListener("pointerup", () => { drag = null; });
canvas.addEventListener("pointerleave", () => { find("tip").hidden = true; under = -1; redraw(); });
canvas.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: [40, 0], ArrowRight: [-40, 0], ArrowUp: [0, 40], ArrowDown: [0, -40] }[event.key];
  const factor = { "+": 1.25, "=": 1.25, "-": 0.8 }[event.key];
  if (step) move(...step);
  if (factor) zoom(factor);
  if (step || factor) event.preventDefault();
});
find("whole").addEventListener("click", () => { view = { ...home }; redraw(); });
find("thumbnails").addEventListener("change", redraw);
window.addEventListener("resize", redraw);

data.maps.forEach((one, i) => find("maps").append(button(one.name, () => choose(i), i === 0)));
data.classes.forEach((name, i) => {
  if (data.classes.length < 2) return;
  const toggle = () => {
    hidden[hidden.has(i) ? "delete" : "add"](i);
    made.setAttribute("aria-pressed", String(!hidden.has(i)));
    redraw();
  };
  const made = button(name, toggle, true), dot = document.createElement("i");
  dot.style.background = data.colors[i];
  made.prepend(dot);
  find("legend").append(made);
});
sheet.onload = () => { choose(0); document.body.dataset.ready = "1"; };
sheet.src = data.sheet;
