// Follows the station by server-sent events and patches the page. No state of its own but the language.

import { drawInvitation, drawScene } from './stage.js';
import { WORDS } from './words.js';

const HOME = 'zh-CN';
const BACK_HOME_MS = 60_000; // a minute without a person
const LOST_AFTER_MS = 1500; // a page that is only just loading does not cry wolf
const GHOST_TAP_MS = 500; // a button that has just come under a finger is not meant
const SMALLEST_TITLE = 46; // in units of the layout: 46 px at 800 x 480
const TITLE_STEPS = [80, 72, 66, 60, 54, 50, SMALLEST_TITLE];
const LARGE_TITLE = 60; // a clause on one line is worth this much size, not less
const MOST_SIDES = 6;
const byId = (id) => document.getElementById(id);

let language = HOME;
let status = null;
let lost = false;
let lostTimer = null;
let lastPersonAt = Date.now();
let buttonsSince = 0;

// --- small patches

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function setHidden(node, hidden) {
  if (node.hidden !== hidden) node.hidden = hidden;
}

function setParts(node, parts) {
  const key = parts.join('\u0000');
  if (node.dataset.key === key) return;
  node.dataset.key = key;
  node.replaceChildren(...parts.map((part) => {
    if (typeof part === 'string') return part;
    const strong = document.createElement('b');
    strong.textContent = String(part);
    return strong;
  }));
}

function setSign(name) {
  const href = `#sign-${name}`;
  if (byId('sign').getAttribute('href') !== href) byId('sign').setAttribute('href', href);
}

// --- the sentence

/** Every clause is a line of its own, and breaks between words only, in Chinese too. */
function setTitle(text) {
  const node = byId('title');
  if (node.dataset.key === text) return;
  node.dataset.key = text;
  const clauses = text.match(/[^，。：；！？:]+[，。：；！？:]*\s*/g) ?? [text];
  node.replaceChildren(...clauses.map(makeClause));
}

function makeClause(text) {
  const clause = document.createElement('span');
  if (language !== HOME) clause.append(text);
  else for (const { segment } of new Intl.Segmenter(HOME, { granularity: 'word' }).segment(text)) {
    clause.append(...(segment === '，' ? [makeComma()] : [document.createElement('wbr'), segment]));
  }
  return clause;
}

/** The end of a line stands for the comma; a screen reader still gets it. */
function makeComma() {
  const comma = document.createElement('span');
  comma.className = 'comma';
  comma.textContent = '，';
  return comma;
}

/** Whether nothing on the right is cut off. */
function fits() {
  const say = document.querySelector('.say');
  return say.scrollHeight <= say.clientHeight + 1 && say.scrollWidth <= say.clientWidth + 1;
}

/** Whether, besides, every clause stays on one line. */
function fitsWhole() {
  const size = parseFloat(getComputedStyle(byId('title')).fontSize);
  return fits() && [...byId('title').children].every((clause) => clause.offsetHeight < 2 * size);
}

/** The largest size that fits: unbroken clauses first, if they can be large; the sign gives way last. */
function fitWords() {
  const say = document.querySelector('.say');
  const title = byId('title');
  const key = [title.dataset.key, byId('detail').textContent, byId('meter').hidden, innerWidth, innerHeight].join();
  if (say.dataset.key === key) return;
  say.dataset.key = key;
  const single = title.children.length === 1;
  const passes = [[false, fitsWhole, LARGE_TITLE], [false, single ? fits : fitsWhole, 0], [false, fits, 0], [true, fits, 0]];
  for (const [tight, enough, least] of passes) {
    say.classList.toggle('tight', tight);
    for (const step of TITLE_STEPS.filter((size) => size >= least)) {
      say.style.setProperty('--title', String(step));
      if (enough()) return;
    }
  }
}

// --- the parts of the page

function drawWords(words, page) {
  setTitle(words.title);
  setText(byId('detail'), words.detail);
  setHidden(byId('detail'), !words.detail);
  setText(byId('stage-name'), page.stage);
}

function drawMeter(page) {
  const running = !lost && status.progress !== null;
  setHidden(byId('meter'), !running);
  setHidden(byId('count'), !running || status.places === 0);
  if (!running) return;
  const percent = Math.round(Math.min(Math.max(status.progress, 0), 1) * 1000) / 10;
  byId('fill').style.transform = `scaleX(${percent / 100})`;
  byId('track').setAttribute('aria-valuenow', String(Math.round(percent)));
  byId('track').setAttribute('aria-label', status.words[language].title);
  const seconds = status.seconds_left === null ? '' : page.left(Math.max(0, Math.ceil(status.seconds_left)));
  setText(byId('left'), seconds);
  setText(byId('count-done'), String(status.places_done));
  setText(byId('count-all'), String(status.places));
}

function factsOfVisit(page) {
  if (status.fault) return page.fault(status.fault);
  if (status.tone === 'act' && status.readable > 0) return page.readable(status.readable);
  if (status.sides_checked > 0) return page.checked(status.sides_checked, status.readable);
  return status.side > 0 ? page.side(status.side) : page.today(status.today.boxes);
}

function drawSides(idle) {
  const node = byId('sides');
  setHidden(node, idle);
  if (idle) return;
  const count = Math.min(MOST_SIDES, Math.max(2, status.side, status.sides_checked));
  while (node.children.length > count) node.lastChild.remove();
  while (node.children.length < count) node.append(document.createElement('i'));
  [...node.children].forEach((square, i) => {
    square.className = i < status.sides_checked ? 'ok' : i === status.side - 1 ? 'now' : '';
  });
}

function drawBar(page) {
  const idle = status.tone === 'idle' && status.sign === 'place';
  drawSides(idle || lost);
  setParts(byId('facts'), lost ? [] : idle ? page.today(status.today.boxes) : factsOfVisit(page));
  setHidden(byId('privacy'), !idle || lost);
  setText(byId('privacy'), page.privacy);
  setText(byId('language'), page.other);
  byId('language').lang = language === HOME ? 'en' : HOME;
  setText(byId('notice-title'), page.notice.title);
  setText(byId('notice-text'), page.notice.text);
  setText(byId('notice-close'), page.notice.close);
  if (!idle && byId('notice').open) byId('notice').close();
}

function drawButtons(page) {
  const offered = lost ? [] : status.buttons;
  setHidden(byId('stop'), !offered.includes('stop'));
  setText(byId('stop'), page.stop);
  const names = offered.filter((name) => name !== 'stop');
  const node = byId('commands');
  if (node.dataset.key !== offered.join()) {
    node.dataset.key = offered.join();
    buttonsSince = performance.now();
    node.replaceChildren(...names.map(makeButton));
  }
  for (const button of node.children) setText(button, page.commands[button.dataset.command]);
}

function makeButton(name) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = `btn ${name}`;
  button.dataset.command = name;
  button.addEventListener('click', () => {
    if (performance.now() - buttonsSince >= GHOST_TAP_MS) send(name);
  });
  return button;
}

function draw() {
  if (!status && !lost) return;
  const page = WORDS[language];
  document.documentElement.lang = language;
  document.body.classList.remove('waiting');
  status ??= blank();
  document.body.dataset.tone = lost ? 'stop' : status.tone;
  document.body.dataset.sign = lost ? 'lost' : status.sign;
  document.body.dataset.state = lost ? 'lost' : status.state;
  setSign(lost ? 'lost' : status.sign);
  drawWords(lost ? page.lost : status.words[language], page);
  drawMeter(page);
  drawBar(page);
  drawButtons(page);
  drawScene(lost ? blank().scene : status.scene, lost ? '' : status.sign, page.cm);
  fitWords();
}

/** What stands on the page when the station has never been heard. */
function blank() {
  const scene = { platform_mm: [400, 300], box: null, labels: [], todo: [], done: [], tool: null, tear: null, move_mm: null };
  return {
    state: 'lost', words: {}, tone: 'stop', sign: 'search', side: 0, sides_checked: 0, readable: 0, places: 0,
    places_done: 0, progress: null, seconds_left: null, scene, today: { boxes: 0 }, buttons: [],
  };
}

// --- the person

function speak(wanted) {
  language = wanted;
  draw();
}

function personSeen() {
  lastPersonAt = Date.now();
}

function goHomeWhenAlone() {
  if (status && status.tone !== 'idle' && !lost) personSeen();
  if (Date.now() - lastPersonAt < BACK_HOME_MS) return;
  if (byId('notice').open) byId('notice').close();
  if (language !== HOME) speak(HOME);
}

async function send(command) {
  const body = JSON.stringify({ command });
  await fetch('/api/v1/command', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
}

function onKey(event) {
  personSeen();
  if (event.key === 'Escape' && !byId('stop').hidden) send('stop');
}

// --- the station

function onStatus(event) {
  clearTimeout(lostTimer);
  lostTimer = null;
  lost = false;
  status = JSON.parse(event.data);
  draw();
}

function onLost() {
  if (lost) return;
  lostTimer ??= setTimeout(() => {
    lost = true;
    draw();
  }, status ? 0 : LOST_AFTER_MS);
}

function follow() {
  const events = new EventSource('/api/v1/events');
  events.addEventListener('status', onStatus);
  events.addEventListener('lost', onLost);
  events.onerror = () => {
    onLost();
    if (events.readyState === EventSource.CLOSED) setTimeout(follow, 2000); // a refusal ends it for good
  };
}

drawInvitation();
byId('language').addEventListener('click', () => speak(language === HOME ? 'en' : HOME));
byId('stop').addEventListener('click', () => send('stop'));
byId('privacy').addEventListener('click', () => byId('notice').showModal());
addEventListener('pointerdown', personSeen);
addEventListener('keydown', onKey);
addEventListener('resize', () => draw());
setInterval(goHomeWhenAlone, 1000);
follow();
