import { formatBytes, formatClock, formatCount, formatElapsed, formatLatency, formatPercent } from './watch-format.js';

const byId = (id) => document.getElementById(id);
const stateTones = { ready: 'good', starting: 'careful', degraded: 'bad', stopped: 'careful', absent: 'careful' };

/** Changes a text only where it is another: what is read aloud is said once. */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** An element with a class and a text. */
function make(tag, className, text = '') {
  const element = document.createElement(tag);
  if (className !== '') element.className = className;
  element.textContent = text;
  return element;
}

/** Whether the page hears of the service, and since when not. */
export function showLink({ isOpen, hasEnded, atMs, silentMs }) {
  const link = byId('link');
  const time = atMs === undefined ? '' : `, last news ${formatClock(atMs)}`;
  if (hasEnded) setLink(link, 'bad', `pricectl watch has ended${time}`);
  else if (!isOpen) setLink(link, 'careful', `connecting${time}`);
  else if (silentMs > 0) setLink(link, 'careful', `no news for ${Math.round(silentMs / 1_000)} s`);
  else setLink(link, 'good', atMs === undefined ? 'live' : `live, ${formatClock(atMs)}`);
  document.body.classList.toggle('is-stale', hasEnded || !isOpen);
}

function setLink(link, tone, text) {
  link.dataset.tone = tone;
  setText(link, text);
}

/** Shows all but charts and events. */
export function showFrame(frame) {
  showService(frame);
  showReplicas(frame.replicas);
  showCpu(frame.cpu);
  showLoad(frame);
  showPods(frame);
}

function showService({ service, silence, autoscaler }) {
  const { identity, state, url, problem } = service ?? {};
  if (identity !== undefined) {
    setText(byId('name'), identity.name);
    document.title = `${identity.name}: ${state}`;
    const place = identity.context === null ? identity.target : `${identity.target}, context ${identity.context}, namespace ${identity.namespace}`;
    setText(byId('where'), url ? `${place}   ·   ${url}` : place);
  }
  const chip = byId('state');
  setText(chip, state ?? 'looking');
  chip.dataset.tone = stateTones[state] ?? '';
  const silent = silence === null ? '' : `No answer since ${Math.round(silence.ms / 1_000)} s${silence.reason === null ? '' : `: ${silence.reason}`}.`;
  const absent = state === 'absent' ? 'The service is not up; pricectl up starts it, and this page goes on.' : '';
  const trouble = [silent, problem ?? '', absent].filter((text) => text !== '').join(' ');
  byId('trouble').hidden = trouble === '';
  setText(byId('trouble'), trouble);
  setText(byId('decision-title'), autoscaler?.kind === 'kubernetes' ? "Kubernetes' autoscaler" : 'Emulated autoscaler');
  setText(byId('decision'), autoscaler?.words ?? 'There is nothing to scale.');
}

function showReplicas(replicas) {
  setFigure(byId('replicas'), replicas === null ? '–' : String(replicas.ready), replicas === null ? '' : `of ${replicas.desired} ready`);
  const { ready = 0, starting = 0, ending = 0, min = 0, max = 0 } = replicas ?? {};
  const total = Math.min(60, Math.max(max, ready + starting + ending));
  const kinds = [...Array(ready).fill('ready'), ...Array(starting).fill('starting'), ...Array(ending).fill('ending')];
  byId('replica-cells').replaceChildren(...Array.from({ length: total }, (_, index) => make('span', kinds[index] ?? '')));
  const words = [starting > 0 ? `${starting} starting` : '', ending > 0 ? `${ending} ending` : '', replicas === null ? '' : `from ${min} to ${max}`];
  setText(byId('replica-detail'), words.filter((text) => text !== '').join(', '));
}

function setFigure(element, figure, unit) {
  element.replaceChildren(figure, make('small', '', unit === '' ? '' : ` ${unit}`));
}

function showCpu(cpu) {
  setFigure(byId('cpu'), formatPercent(cpu?.percent), cpu?.percent === null || cpu === null ? '' : 'of request');
  fillGauge(byId('gauge'), cpu?.percent ?? null, cpu);
  const band = cpu?.band ? ` (nothing changes from ${formatPercent(cpu.band.low)} to ${formatPercent(cpu.band.high)})` : '';
  const age = cpu === null || cpu.metricAgeMs === null ? '' : `, metric ${Math.round(cpu.metricAgeMs / 1_000)} s old`;
  setText(byId('cpu-detail'), cpu === null ? '' : `target ${cpu.target} %${band}${age}`);
}

/** A level against the band in which nothing changes. */
function fillGauge(gauge, percent, cpu) {
  const target = cpu?.target ?? 50;
  const full = Math.max(2 * target, percent ?? 0);
  const { low = target, high = target } = cpu?.band ?? {};
  const [band, level] = gauge.children;
  band.style.left = `${(low / full) * 100}%`;
  band.style.width = `${((high - low) / full) * 100}%`;
  level.style.width = `${((percent ?? 0) / full) * 100}%`;
  level.dataset.tone = (percent ?? 0) > high ? 'careful' : 'good';
}

function showLoad({ load, requestsPerSecond }) {
  const progress = load?.progress;
  setFigure(byId('rate'), formatCount(progress?.requestsPerSecond ?? requestsPerSecond), 'req/s');
  const share = load === null || load.totalMs === null ? 0 : Math.min(1, progress.elapsedMs / load.totalMs);
  byId('progress').firstElementChild.style.width = `${share * 100}%`;
  const detail = byId('load-detail');
  if (load === null) {
    setText(detail, 'no load test under way on this machine');
    return;
  }
  const time = `${formatElapsed(progress.elapsedMs)}${load.totalMs === null ? '' : ` of ${formatElapsed(load.totalMs)}`}`;
  const latencies = `p50 ${formatLatency(progress.p50Ms)}, p95 ${formatLatency(progress.p95Ms)}, p99 ${formatLatency(progress.p99Ms)}`;
  const failed = make('span', progress.failed > 0 ? 'bad' : '', `${formatCount(progress.failed)} failed`);
  const dropped = progress.droppedIterations > 0 ? [', ', make('span', 'careful', `${formatCount(progress.droppedIterations)} dropped`)] : [];
  detail.replaceChildren(`${latencies}; `, failed, ...dropped, `, ${formatCount(progress.vus)} users, ${time}`);
}

function showPods({ pods, morePods, cpu, service }) {
  byId('pods').replaceChildren(...pods.map((pod) => podRow(pod, cpu, `${service?.identity.name}-`)));
  byId('more-pods').hidden = morePods === 0;
  setText(byId('more-pods'), `and ${morePods} more`);
}

/** A narrow screen shows names without what all of them share. */
function podRow(pod, cpu, prefix) {
  const row = document.createElement('tr');
  const name = document.createElement('td');
  if (pod.name.startsWith(prefix)) name.append(make('span', 'prefix', prefix), pod.name.slice(prefix.length));
  else name.append(pod.name);
  const usage = make('td', 'cpu');
  if (pod.problem !== null) usage.append(make('span', 'note bad', pod.problem));
  else if (pod.state !== 'ready') usage.append(make('span', 'note', pod.state));
  else usage.append(podGauge(pod, cpu));
  row.append(name, usage, make('td', 'number', formatCount(pod.requestsPerSecond)), make('td', 'number memory', formatBytes(pod.memoryBytes)), make('td', 'number', formatCount(pod.restarts)));
  return row;
}

function podGauge({ cpuPercent, cpuMillicores }, cpu) {
  const box = document.createElement('div');
  const gauge = make('span', 'gauge');
  gauge.append(make('span', 'band'), make('span', 'level'));
  fillGauge(gauge, cpuPercent, cpu);
  const words = cpuPercent !== null ? `${formatCount(cpuPercent)} %` : cpuMillicores === null ? '–' : `${formatCount(cpuMillicores)}m`;
  box.append(gauge, make('span', '', words));
  return box;
}

/** What happened, newest first; the list is touched only when something did. */
export function showEvents(events) {
  const list = byId('events');
  const key = `${events.length} ${events.at(-1)?.atMs} ${events.at(-1)?.text}`;
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  list.hidden = events.length === 0;
  byId('no-events').hidden = events.length > 0;
  list.replaceChildren(...events.toReversed().map(eventItem));
}

function eventItem({ atMs, tone, text }) {
  const item = document.createElement('li');
  const time = make('time', '', formatClock(atMs));
  time.dateTime = new Date(atMs).toISOString();
  const words = make('span', '', text);
  words.dataset.tone = tone;
  item.append(time, words);
  return item;
}
