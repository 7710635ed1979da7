// What lies out of view is drawn when it comes into view, and what is in view a few at a time: a change of a thousand
// runs answers at once, and costs what is seen of it.
const FRAME = 30; // milliseconds of drawing between two answers to the reader
const waiting = new Map();
const queue = new Set();
const watcher = new IntersectionObserver((entries) => entries.forEach(({ target, isIntersecting }) => {
  const one = waiting.get(target);
  one.seen = isIntersecting;
  if (isIntersecting && one.stale) one.request();
}), { rootMargin: "100px" });

// First what is seen; the rest, each in a frame of its own, when that stands.
function drawQueued() {
  const began = performance.now();
  const inView = [...queue].filter((one) => one.seen);
  for (const one of inView.length ? inView : [...queue].slice(0, 1)) {
    queue.delete(one);
    one.stale = false;
    one.draw();
    if (performance.now() - began > FRAME) break;
  }
  if (queue.size) requestAnimationFrame(drawQueued);
}

function watched(place, one) {
  waiting.set(place, Object.assign(one, { seen: false, stale: true }));
  watcher.observe(place);
}
function enqueue(one) {
  if (!queue.size) requestAnimationFrame(drawQueued);
  queue.add(one);
}

// Returns the request to draw `place` again, by `draw(width, height)`; a change of its size asks for the same. The size
// is the one that the browser told last: to ask it would make it lay out the page between two charts.
function drawnInView(place, draw) {
  const one = { draw: () => draw(one.width, one.height), width: 0, height: 0 };
  one.request = () => {
    one.stale = true;
    if (one.seen && one.width) enqueue(one);
  };
  watched(place, one);
  new ResizeObserver(([{ contentRect }]) => {
    [one.width, one.height] = [contentRect.width, contentRect.height];
    one.request();
  }).observe(place);
  return one.request;
}

// The same of what is drawn out of view too, since other things lean on it.
function drawnSoon(place, draw) {
  const one = { draw, request: () => enqueue(one) };
  watched(place, one);
  one.stale = false; // it has been drawn
  return one.request;
}
