// Numbers of all curves: base64, then zlib, then the bytes of each array in planes, as reports/packing.py wrote them.
function fromBase64(text) {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

async function inflated(text) {
  if (!text) return new Uint8Array(0);
  const stream = new Blob([fromBase64(text)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// `count` numbers of `Kind` whose planes begin at `start`.
function unplaned(bytes, start, count, Kind) {
  const size = Kind.BYTES_PER_ELEMENT;
  const whole = new Uint8Array(count * size);
  for (let plane = 0; plane < size; plane += 1) {
    const from = start + plane * count;
    for (let i = 0; i < count; i += 1) whole[i * size + plane] = bytes[from + i];
  }
  return new Kind(whole.buffer);
}
