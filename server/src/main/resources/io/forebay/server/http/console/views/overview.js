// The whole server at a glance, from one stream.

import * as api from '../api.js';
import * as format from '../format.js';
import { h, show } from '../dom.js';
import { badge, card, command, empty, failure, head, meter, note, tile, tiles } from '../parts.js';
import { plot } from '../plot.js';
import { jobRow } from './job-parts.js';

const KEPT = 300;
const GAP_SECONDS = 5;
const FIELDS = {
  acked: (o) => o.writes.records_per_second,
  p50: (o) => o.writes.ack_p50_millis,
  p99: (o) => o.writes.ack_p99_millis,
  lag: (o) => o.lag.records,
  reads: (o) => o.reads.per_second,
};
const WORDS = { GREEN: 'Everything is well', YELLOW: 'Needs attention', RED: 'Refuses writes' };

/** The last minutes, kept while the tab lives, so that a visit elsewhere loses nothing of them. */
const past = { time: [], ...Object.fromEntries(Object.keys(FIELDS).map((name) => [name, []])) };

export async function open({ root, signal, follow, again }) {
  const health = h('div', { class: 'health' });
  const start = h('div', {});
  const figures = makeFigures();
  const plots = makePlots(signal);
  const jobs = h('div', {});
  root.append(head('Overview', 'This server, as it is now and was in the last minutes.'), health, start,
      tiles(...Object.values(figures.tiles)), h('div', { class: 'grid' }, figures.space, jobs),
      h('div', { class: 'grid plots' }, plots.map((one) => one.element)));
  plots.forEach((one) => one.draw());

  const update = (overview) => {
    keep(overview);
    showHealth(health, overview);
    figures.set(overview);
    plots.forEach((one) => one.draw());
    showJobs(jobs, overview.jobs);
    show(start, overview.collections === 0 && newcomer());
  };
  try {
    update(await api.get('api/forebay/overview', signal));
  } catch (error) {
    if (error.status !== 403) throw error;
    show(root, head('Overview'), failure(error, again),
        note('', 'It shows the whole server, so it takes a token without limits to tenants and databases. ',
            h('a', { href: '#/collections' }, 'Collections'), ' shows what your token may see.'));
    return;
  }
  follow('api/forebay/overview/stream?interval_millis=1000', {
    event: (name, data) => name === 'overview' && update(data),
    fail: (error) => root.append(failure(error, again)),
  });
}

function keep(overview) {
  const time = new Date(overview.time).getTime() / 1000;
  const last = past.time.at(-1);
  if (last !== undefined && time <= last) return;
  if (last !== undefined && time - last > GAP_SECONDS) add(last + 1, () => null); // nothing is known of the gap
  add(time, (of) => of(overview));
}

function add(time, value) {
  past.time.push(time);
  for (const [name, of] of Object.entries(FIELDS)) past[name].push(value(of));
  if (past.time.length > KEPT) for (const name of Object.keys(past)) past[name].shift();
}

function showHealth(place, { health, version, started, time }) {
  const status = String(health.status).toUpperCase();
  const tone = { GREEN: 'good', YELLOW: 'warn', RED: 'bad' }[status] || '';
  const up = (new Date(time).getTime() - new Date(started).getTime()) / 1000;
  const key = JSON.stringify([health, Math.floor(up / 10)]);
  if (place.dataset.key === key) return;
  place.dataset.key = key;
  place.className = `health ${tone}`;
  show(place, h('div', { class: 'health-line' }, badge(status.toLowerCase(), tone), h('strong', {}, WORDS[status] || status),
      h('span', { class: 'hint' }, `Forebay ${version}, up ${format.seconds(up)}`)),
  health.reasons.length > 0 && h('ul', {}, health.reasons.map((reason) => h('li', {}, reason))));
}

function makeFigures() {
  const all = {
    acks: tile('Acknowledged', 'acked'), latency: tile('Ack latency'), lag: tile('Not yet linked'),
    reads: tile('Reads'), requests: tile('Requests'), jobs: tile('Jobs running'),
  };
  const rows = {
    log: meterRow('Log, waiting to be applied'), heap: meterRow('Heap'), disk: meterRow('Disk'),
  };
  const outside = h('p', { class: 'hint' });
  return {
    tiles: all,
    space: card('Log, memory, disk', Object.values(rows).map((row) => row.element), outside),
    set(o) {
      all.acks.set(format.rate(o.writes.records_per_second), `records · ${format.bytes(o.writes.bytes_per_second)}/s`);
      all.latency.set(format.millis(o.writes.ack_p50_millis), o.writes.ack_p99_millis === null ? 'no writes in the last 10\u00a0s'
          : `median; p99 ${format.millis(o.writes.ack_p99_millis)}`);
      all.lag.set(format.compact(o.lag.records), o.lag.records === 0 ? 'all is searchable'
          : `${format.plural(o.lag.collections_behind, 'collection')}, up to ${format.seconds(o.lag.seconds)} behind`);
      all.reads.set(format.rate(o.reads.per_second), o.reads.p50_millis === null ? 'no reads in the last 10\u00a0s'
          : `median ${format.millis(o.reads.p50_millis)}, p99 ${format.millis(o.reads.p99_millis)}`);
      all.requests.set(format.rate(o.requests.per_second), o.requests.errors_per_second > 0
          ? `${format.rate(o.requests.errors_per_second)} failed` : format.plural(o.requests.connections, 'connection'),
      o.requests.errors_per_second > 0);
      if (o.jobs === null) all.jobs.set('–', 'imports are switched off');
      else all.jobs.set(format.number(o.jobs.running), o.jobs.waiting > 0 ? `${format.number(o.jobs.waiting)} waiting` : 'none waiting');
      const max = o.log.pending_bytes_max;
      rows.log.set(max > 0 ? o.log.pending_bytes / max : 0, `${format.bytes(o.log.pending_bytes)}${max > 0
          ? ` of ${format.bytes(max)}` : ''}; the log has ${format.bytes(o.log.bytes)}`);
      rows.heap.set(o.memory.heap_used_bytes / o.memory.heap_max_bytes,
          `${format.bytes(o.memory.heap_used_bytes)} of ${format.bytes(o.memory.heap_max_bytes)}`);
      const used = o.disk.total_bytes - o.disk.free_bytes;
      rows.disk.set(used / o.disk.total_bytes, `${format.bytes(o.disk.free_bytes)} free of ${format.bytes(o.disk.total_bytes)}, `
          + `${format.bytes(o.disk.reserve_bytes)} kept in reserve`, o.disk.free_bytes < o.disk.reserve_bytes);
      show(outside, `Outside the heap: ${format.bytes(o.memory.direct_bytes)} · resident: `
          + format.bytes(o.memory.resident_bytes));
    },
  };
}

function meterRow(label) {
  const bar = meter(label);
  const value = h('span', { class: 'num hint' });
  return {
    element: h('div', { class: 'meter-row' }, h('div', { class: 'meter-text' }, h('span', {}, label), value), bar.element),
    set(fraction, shown, isBad = false) {
      bar.set(fraction, isBad || fraction > 0.9);
      show(value, shown);
    },
  };
}

function makePlots(signal) {
  const perSecond = (value) => format.rate(value);
  return [
    ['Acknowledged records', [['records', 'linked', 'acked', perSecond, true]]],
    ['Ack latency', [['median', 'linked', 'p50', format.millis], ['p99', 'durable', 'p99', format.millis]]],
    ['Records not yet linked', [['records', 'durable', 'lag', format.compact, true]]],
    ['Reads', [['reads', 'applied', 'reads', perSecond, true]]],
  ].map(([title, series]) => {
    const made = plot(title, series.map(([label, colour, , shown, isFilled]) => ({ label, colour, format: shown, isFilled })), signal);
    return {
      element: h('section', { class: 'card', 'aria-label': title }, made.element),
      draw: () => made.set([past.time, ...series.map(([, , name]) => past[name])]),
    };
  });
}

/** @param jobs null where imports are switched off */
function showJobs(place, jobs) {
  if (jobs === null) {
    show(place);
    return;
  }
  const { recent } = jobs;
  const shown = recent.slice(0, 4);
  const key = JSON.stringify(shown);
  if (place.dataset.key === key) return;
  place.dataset.key = key;
  show(place, card('Latest jobs', shown.length === 0
      ? h('p', { class: 'hint' }, 'No file was imported yet. ', h('a', { href: '#/upload' }, 'Upload one'), '.')
      : h('ul', { class: 'rows' }, shown.map(jobRow))));
}

function newcomer() {
  return empty('Nothing is stored yet',
      h('p', {}, 'Upload a file with texts, and the server makes the vectors:'),
      h('p', {}, h('a', { class: 'button primary', href: '#/upload' }, 'Upload a file')),
      h('p', {}, 'Or load one from the command line:'),
      command('./forebay import articles.csv --collection articles'));
}
