// One collection: what it holds, how far its index is, what was set aside, its commits, and dropping it.

import * as api from '../api.js';
import * as format from '../format.js';
import { field, h, show } from '../dom.js';
import { action, card, command, dialog, empty, failure, head, positionsBar, tile, tiles, toast } from '../parts.js';
import { plot } from '../plot.js';
import { commits } from './commits.js';
import { deadLetters } from './dead-letters.js';

const HISTORY_MILLIS = 10 * 60 * 1000;
const SAMPLES_MAX = 900;
const GAP_MILLIS = 15_000;

export async function open({ root, id, signal, follow, again }) {
  const path = `api/forebay/lag?collection=${encodeURIComponent(id)}`;
  const told = await api.get(`${path}&since=${Date.now() - HISTORY_MILLIS}`, signal).catch((error) => {
    if (error.status !== 404) throw error;
    return null;
  });
  let status = told?.collections[0];
  if (!status) {
    show(root, head('Collection'), empty('There is no such collection', h('p', {}, 'It was dropped, or your token may not see it. ',
        h('a', { href: '#/collections' }, 'All collections'))));
    return;
  }
  const home = api.collectionPath(status.tenant, status.database, status.id);
  const info = await api.get(`${api.collectionPath(status.tenant, status.database)}/by-id/${status.id}`, signal);
  const space = info.configuration_json?.hnsw?.space || info.configuration_json?.spann?.space || '–';

  const figures = { records: tile('Records'), dimension: tile('Dimension'), lag: tile('Not yet linked'), rate: tile('Drain rate'),
    eta: tile('All linked in') };
  const bar = positionsBar();
  const history = plot('Records behind the log', [
    { label: 'not linked', colour: 'durable', format: format.compact, isFilled: true },
    { label: 'not applied', colour: 'acked', format: format.compact, isFilled: true },
  ], signal, 140);
  const samples = told.history.collections.find((one) => one.id === status.id)?.samples || [];
  const points = samples.map((sample) => pointOf(sample, told.history.fields));
  const start = h('div', {});
  const letters = h('div', {});
  const log = h('div', {});

  root.append(
      head(status.name, `${status.tenant} / ${status.database}`,
          h('a', { class: 'button primary', href: `#/query?collection=${status.id}` }, 'Query'),
          h('a', { class: 'button', href: `#/upload?collection=${status.id}` }, 'Upload into it'),
          action('Drop', () => drop(status), { class: 'danger' })),
      start, tiles(...Object.values(figures)), card('Positions', bar.element), h('section', { class: 'card', 'aria-label': 'Lag' }, history.element), letters, log,
      card('Settings', settings(info, status, space)));

  const update = (next, time) => {
    status = next;
    figures.records.set(format.number(status.records), format.plural(status.operations, 'operation'));
    figures.dimension.set(status.dimension > 0 ? format.number(status.dimension) : '–', `distance: ${space}`);
    figures.lag.set(format.compact(status.index_lag.records), status.index_lag.records === 0 ? 'all is linked'
        : `${format.bytes(status.index_lag.bytes)}, ${format.seconds(status.index_lag.seconds)} behind`);
    figures.rate.set(format.rate(status.link_rate.records_per_second || null),
        `linked; applied ${format.rate(status.apply_rate.records_per_second || null)}`);
    figures.eta.set(status.index_lag.records === 0 ? 'now' : format.seconds(status.seconds_until_linked),
        status.ingest_lag.records === 0 ? 'reads see everything' : `applied in ${format.seconds(status.seconds_until_applied)}`);
    bar.set(status);
    points.push({ time, // the server's: the clocks may differ
       ingest: status.ingest_lag.records, index: status.index_lag.records });
    if (points.length > SAMPLES_MAX) points.shift();
    history.set(columns(points));
    show(start, status.operations === 0 && empty('It is empty', h('p', {}, 'Upload a file into it, or load one:'),
        command(`./forebay load vectors.jsonl.gz -c ${status.name}`)));
  };
  update(status, told.time);
  deadLetters(letters, home, signal);
  commits(log, home, signal);
  let parked = status.parked_entries;
  follow(`api/forebay/lag/stream?interval_millis=1000&collection=${status.id}`, {
    event: (name, data) => {
      if (data.removed.includes(status.id)) {
        toast(`${status.name} was dropped.`);
        location.hash = '#/collections';
        return false;
      }
      const mine = data.collections.find((one) => one.id === status.id);
      if (!mine) return true;
      update(mine, data.time);
      if (mine.parked_entries !== parked) deadLetters(letters, home, signal);
      parked = mine.parked_entries;
      return true;
    },
    fail: (error) => root.append(failure(error, again)),
  });
}

function pointOf(sample, fields) {
  const of = (name) => sample[fields.indexOf(name)];
  return { time: of('time'), ingest: of('ingest_lag_records'), index: of('index_lag_records') };
}

/** Where there is no sample nothing moved and nothing was behind, so the lines go to 0 there. */
function columns(points) {
  const times = [];
  const index = [];
  const ingest = [];
  let last = 0;
  const add = (time, point) => {
    times.push(time / 1000);
    index.push(point.index);
    ingest.push(point.ingest);
    last = time;
  };
  for (const point of points) {
    if (point.time <= last) continue;
    if (last > 0 && point.time - last > GAP_MILLIS) {
      add(last + 1000, { index: 0, ingest: 0 });
      add(point.time - 1000, { index: 0, ingest: 0 });
    }
    if (point.time > last) add(point.time, point);
  }
  return [times, index, ingest];
}

function settings(info, status, space) {
  const hnsw = info.configuration_json?.hnsw || {};
  const pairs = [['Name', info.name], ['Id', info.id], ['Distance', space], ['Neighbours of a node (max_neighbors)', hnsw.max_neighbors],
    ['Effort of linking (ef_construction)', hnsw.ef_construction && format.number(hnsw.ef_construction)], ['Effort of searching (ef_search)', hnsw.ef_search && format.number(hnsw.ef_search)],
    ['Batch ingest', info.configuration_json?.batch_ingest], ['Durability', info.configuration_json?.durability],
    ['Embedding function', info.configuration_json?.embedding_function?.name]];
  const metadata = Object.entries(info.metadata || {});
  return [h('dl', { class: 'pairs' }, pairs.filter(([, value]) => value !== undefined && value !== null).map(([name, value]) =>
      h('div', { class: String(value).length > 100 ? 'full' : null }, h('dt', {}, name), h('dd', { class: 'break' }, String(value))))),
  metadata.length > 0 && h('details', {}, h('summary', {}, `Metadata (${metadata.length})`), h('pre', { tabindex: '0' },
      JSON.stringify(info.metadata, null, 2)))];
}

async function drop(status) {
  const typed = h('input', { type: 'text', autocomplete: 'off', spellcheck: 'false' });
  const done = await dialog({
    title: `Drop ${status.name}?`,
    content: h('div', {}, h('p', {}, `Its ${format.plural(status.records, 'record')} and its history are deleted. This cannot be undone.`),
        field('Type the name of the collection to confirm', typed, status.name)),
    confirm: 'Drop it', tone: 'danger', ready: () => typed.value === status.name,
    submit: async () => {
      await api.send('DELETE', api.collectionPath(status.tenant, status.database, status.name));
      return true;
    },
  });
  if (done) {
    toast(`${status.name} is dropped.`);
    location.hash = '#/collections';
  }
}
