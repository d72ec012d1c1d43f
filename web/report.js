// The crosshair of a report: shows the values of one moment in all charts. The page reads without it.
const charts = document.querySelector('[data-charts]');
const { moments, series } = JSON.parse(document.getElementById('values').textContent);
const columns = moments.length;
const outputs = [...charts.querySelectorAll('output[data-series]')].map((element) => ({ element, summary: element.textContent, values: series[element.dataset.series] }));
const crosses = charts.querySelectorAll('.cross');
const moment = charts.querySelector('[data-moment]');
const status = charts.querySelector('[data-status]');
const decisions = [...document.querySelectorAll('.decisions li')];
let current = null;

function show(column) {
  current = column === null ? null : Math.min(columns - 1, Math.max(0, column));
  charts.classList.toggle('is-on', current !== null);
  for (const { element, summary, values } of outputs) element.textContent = current === null ? summary : values[current];
  const place = current === null ? '0%' : `${(100 * current) / (columns - 1)}%`;
  for (const cross of crosses) {
    cross.setAttribute('x1', place);
    cross.setAttribute('x2', place);
  }
  moment.textContent = current === null ? '' : moments[current];
  moment.style.setProperty('--place', place);
  const last = current === null ? undefined : decisions.findLast((item) => Number(item.dataset.column) <= current);
  for (const item of decisions) item.classList.toggle('is-now', item === last);
}

/** For who doesn't see the charts: all values of the moment. */
function tell() {
  const words = outputs.map(({ element, values }) => `${element.parentElement.firstElementChild.nextSibling.textContent.trim()} ${values[current]}`);
  status.textContent = current === null ? '' : `${moments[current]}: ${words.join(', ')}`;
}

charts.addEventListener('pointermove', (event) => {
  const plot = charts.querySelector('svg.plot')?.getBoundingClientRect();
  if (plot === undefined) return;
  const share = (event.clientX - plot.left) / plot.width;
  show(share < 0 || share > 1 ? null : Math.round(share * (columns - 1)));
});
charts.addEventListener('pointerleave', () => show(null));

const page = Math.max(1, Math.round(columns / 10));
const moves = {
  ArrowLeft: () => (current ?? columns) - 1,
  ArrowRight: () => (current ?? -1) + 1,
  PageUp: () => (current ?? columns) - page,
  PageDown: () => (current ?? -1) + page,
  Home: () => 0,
  End: () => columns - 1,
  Escape: () => null,
};
charts.addEventListener('keydown', (event) => {
  const move = moves[event.key];
  if (move === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  show(move());
  tell();
});
charts.tabIndex = 0;
charts.addEventListener('blur', () => show(null));

for (const item of decisions) {
  const button = item.querySelector('button');
  button.disabled = false;
  button.addEventListener('click', () => {
    charts.focus();
    show(Number(item.dataset.column));
    tell();
  });
}
document.querySelector('.help')?.removeAttribute('hidden');
