// Draws the scene, in platform millimetres: nodes are kept and patched, so nothing flickers.

const SVG = 'http://www.w3.org/2000/svg';
const MARGIN_MM = 14; // room for the frame's brackets
const BRACKET_MM = 34;
const ARROW_MM = { head: 18, least: 64, most: 150 };
const byId = (id) => document.getElementById(id);

export function make(name, attributes = {}, parent = null) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  parent?.append(node);
  return node;
}

function put(node, key, value) {
  if (node.getAttribute(key) !== value) node.setAttribute(key, value);
}

const asPoints = (polygon) => polygon.map(([x, y]) => `${x},${y}`).join(' ');
const show = (id, on) => byId(id).toggleAttribute('hidden', !on);

function centre(polygon) {
  const [x, y] = polygon.reduce(([a, b], [c, d]) => [a + c, b + d], [0, 0]);
  return [x / polygon.length, y / polygon.length];
}

function drawPolygons(layerId, polygons, className) {
  const layer = byId(layerId);
  while (layer.children.length > polygons.length) layer.lastChild.remove();
  polygons.forEach((polygon, i) => {
    const node = layer.children[i] ?? make('polygon', { class: className }, layer);
    put(node, 'points', asPoints(polygon));
  });
}

function drawPlatform([width, height]) {
  const m = MARGIN_MM;
  put(byId('stage'), 'viewBox', `${-m} ${-m} ${width + 2 * m} ${height + 2 * m}`);
  const b = BRACKET_MM;
  put(byId('frame'), 'd',
    `M0 ${b}V0H${b}M${width - b} 0H${width}V${b}M${width} ${height - b}V${height}H${width - b}M${b} ${height}H0V${height - b}`);
}

function arrowPath([x, y], [dx, dy]) {
  const length = Math.hypot(dx, dy) || 1;
  const [ux, uy] = [dx / length, dy / length];
  const [ex, ey] = [x + dx, y + dy];
  const h = ARROW_MM.head;
  const wing = (side) => `${ex - h * ux + side * h * 0.8 * uy},${ey - h * uy - side * h * 0.8 * ux}`;
  return `M${x},${y}L${ex},${ey}M${wing(1)}L${ex},${ey}L${wing(-1)}`;
}

function stretched([dx, dy]) {
  const length = Math.hypot(dx, dy) || 1;
  const scale = Math.min(Math.max(length, ARROW_MM.least), ARROW_MM.most) / length;
  return [dx * scale, dy * scale];
}

function drawTear(tear) {
  const layer = byId('tear');
  show('tear', tear);
  if (!tear) return;
  if (!layer.firstChild) {
    make('polygon', { class: 'tear-area' }, layer);
    make('path', { class: 'arrow tear-arrow' }, layer);
    make('circle', { class: 'tear-pulse', r: 15 }, layer);
    make('circle', { class: 'tear-start', r: 11 }, layer);
  }
  const [area, arrow, pulse, start] = layer.children;
  put(area, 'points', asPoints(tear.outline));
  put(arrow, 'd', arrowPath(tear.start, stretched(tear.pull)));
  for (const dot of [pulse, start]) {
    put(dot, 'cx', String(tear.start[0]));
    put(dot, 'cy', String(tear.start[1]));
  }
}

function drawMove(scene, unit) {
  const layer = byId('move');
  show('move', scene.move_mm);
  if (!scene.move_mm) return;
  if (!layer.firstChild) {
    make('polygon', { class: 'ghost' }, layer);
    make('path', { class: 'arrow' }, layer);
    make('text', { class: 'distance' }, layer);
  }
  const [ghost, arrow, text] = layer.children;
  const [dx, dy] = scene.move_mm;
  const box = scene.box ?? [];
  put(ghost, 'points', asPoints(box.map(([x, y]) => [x + dx, y + dy])));
  const [cx, cy] = box.length ? centre(box) : scene.platform_mm.map((mm) => mm / 2);
  const [ax, ay] = stretched([dx, dy]);
  put(arrow, 'd', arrowPath([cx - ax / 2, cy - ay / 2], [ax, ay]));
  const upright = Math.abs(ay) > Math.abs(ax); // an upright arrow: the words go beside it
  put(text, 'x', String(upright ? cx + 22 : cx));
  put(text, 'y', String(upright ? cy + 10 : cy + 44));
  put(text, 'text-anchor', upright ? 'start' : 'middle');
  const words = `${Math.max(1, Math.round(Math.hypot(dx, dy) / 10))} ${unit}`;
  if (text.textContent !== words) text.textContent = words;
}

function drawTurn(box, on) {
  const layer = byId('turn');
  show('turn', on);
  if (!on) return;
  if (!layer.firstChild) make('path', { class: 'arrow', d: 'M-34 -26C2 -40 34 -22 38 16M20 4L38 18L50 -2' }, layer);
  const right = Math.max(...box.map(([x]) => x));
  const top = Math.min(...box.map(([, y]) => y));
  put(layer, 'transform', `translate(${Math.min(right, 352)} ${Math.max(top, 40)})`);
}

function drawTool(tool) {
  const node = byId('tool');
  const appears = node.hasAttribute('hidden');
  show('tool', tool);
  if (!tool) return;
  if (appears) node.style.transition = 'none'; // it glides from place to place, but not in from the corner
  node.style.transform = `translate(${tool[0]}px, ${tool[1]}px)`;
  if (appears) node.getBoundingClientRect(); // settles the place before gliding is allowed again
  node.style.transition = '';
}

/** Patch the stage to `scene`; `sign` decides on the sweep and the turning arrow; with nothing to draw to scale, the inviting box stands in. */
export function drawScene(scene, sign, unit) {
  drawPlatform(scene.platform_mm);
  const faces = scene.box ? [scene.box] : scene.labels;
  show('invite', faces.length === 0);
  drawPolygons('boxes', scene.box ? [scene.box] : [], 'box');
  drawPolygons('swept', faces, 'swept');
  drawPolygons('labels', scene.labels, 'label');
  drawPolygons('done', scene.done, 'done');
  drawPolygons('todo', scene.todo, 'todo');
  show('sweep', faces.length > 0 && (sign === 'look' || sign === 'check'));
  drawTear(scene.tear);
  drawMove(scene, unit);
  drawTurn(faces.flat(), faces.length > 0 && (sign === 'turn' || sign === 'search'));
  drawTool(scene.tool);
}

/** The box of the idle screen, once: it comes down into the frame, label up, and its lines are covered. */
export function drawInvitation() {
  const group = make('g', { class: 'invite-box' });
  const shapes = [
    ['path', { class: 'side-left', d: 'M-94 -26 0 18V130L-94 86z' }],
    ['path', { class: 'side-right', d: 'M94 -26 0 18V130L94 86z' }],
    ['path', { class: 'lid', d: 'M-94 -26 0 -70 94 -26 0 18z' }],
    ['path', { class: 'tape', d: 'M-55 -44 39 0 55 -8 -39 -52z' }],
    ['path', { class: 'invite-label', d: 'M-30 -30 22 -55 60 -37 8 -12z' }],
    ['path', { class: 'invite-line', d: 'M-14 -29 24 -47' }],
    ['path', { class: 'invite-line second', d: 'M-2 -23.500 36 -41.500' }],
    ['path', { class: 'invite-line third', d: 'M10 -18 32 -28.500' }],
  ];
  for (const [name, attributes] of shapes) make(name, attributes, group);
  make('ellipse', { class: 'invite-shadow', cx: 200, cy: 270, rx: 112, ry: 17 }, byId('invite'));
  const place = make('g', { transform: 'translate(200 118) scale(1.22)' }, byId('invite'));
  place.append(group);
}
