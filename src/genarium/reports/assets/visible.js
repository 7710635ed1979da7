// What lies out of view is drawn when it comes into view, and what is in view a few at a time: a change of a thousand
// runs answers at once, and costs what is seen of it.
const FRAME = 40; // milliseconds of drawing between two answers to the reader
const waiting = new Map();
const queue = new Set();
const watcher = new IntersectionObserver((entries) => entries.forEach(({ target, isIntersecting }) => {
  const one = waiting.get(target);
  one.seen = isIntersecting;
  if (isIntersecting && one.stale) one.request();
}), { rootMargin: "100px" });

function drawQueued() {
  const began = performance.now();
  for (const one of queue) {
    queue.delete(one);
    if (one.place.clientWidth) { one.stale = false; one.draw(); }
    if (performance.now() - began > FRAME) break;
  }
  if (queue.size) requestAnimationFrame(drawQueued);
}

// Returns the request to draw `place` again; a change of its size asks for the same.
function drawnInView(place, draw) {
  const one = { place, draw, seen: false, stale: true };
  one.request = () => {
    one.stale = true;
    if (!one.seen) return;
    if (!queue.size) requestAnimationFrame(drawQueued);
    queue.add(one);
  };
  waiting.set(place, one);
  watcher.observe(place);
  new ResizeObserver(one.request).observe(place);
  return one.request;
}
