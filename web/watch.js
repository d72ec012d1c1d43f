// The page of `pricectl watch --web`: takes what the stream tells and shows it. Messages are PageMessage in src/workflows/watch-page.ts.
import { createCharts } from './watch-charts.js';
import { showEvents, showFrame, showLink } from './watch-view.js';

/** An hour at a message a second, as the server keeps. */
const mostPoints = 3_600;
const mostEvents = 200;
/** Without a message for this long the page says so. */
const patienceMs = 5_000;

const state = { points: [], events: [], frame: undefined, startedAtMs: 0, heardAt: undefined, isOpen: false, hasEnded: false };
const charts = createCharts(document.querySelector('#charts'), document.querySelector('#reading'));
let isDrawn = true;

function take({ isWhole, startedAtMs, frame, points, events }) {
  if (isWhole) Object.assign(state, { points: [], events: [] });
  state.points = state.points.concat(points).slice(-mostPoints);
  state.events = state.events.concat(events).slice(-mostEvents);
  Object.assign(state, { startedAtMs, frame, heardAt: performance.now() });
  draw();
}

/** Once a frame at most, and not while nobody looks. */
function draw() {
  if (!isDrawn) return;
  isDrawn = false;
  requestAnimationFrame(() => {
    isDrawn = true;
    if (state.frame === undefined) return;
    showFrame(state.frame);
    showEvents(state.events);
    charts.show(state.points, state.startedAtMs, state.frame);
  });
}

function showConnection() {
  const silentMs = state.heardAt === undefined ? 0 : performance.now() - state.heardAt;
  showLink({ isOpen: state.isOpen, hasEnded: state.hasEnded, atMs: state.frame?.atMs, silentMs: silentMs > patienceMs ? silentMs : 0 });
}

function listen() {
  const source = new EventSource('events');
  source.addEventListener('open', () => {
    state.isOpen = true;
    showConnection();
  });
  source.addEventListener('error', () => {
    state.isOpen = false;
    showConnection();
  });
  source.addEventListener('moments', ({ data }) => {
    take(JSON.parse(data));
    showConnection();
  });
  source.addEventListener('end', () => {
    source.close();
    state.hasEnded = true;
    showConnection();
  });
  // A page that is left takes none of the few connections.
  addEventListener('pagehide', () => source.close());
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted && !state.hasEnded) listen();
  });
}

listen();
setInterval(showConnection, 1_000);
