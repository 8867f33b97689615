// All collections that the token may see, live. The stream sends what moves; search, order and pages are done here, so
// that thousands of collections cost one stream.

import * as api from '../api.js';
import * as format from '../format.js';
import { field, h, select, show } from '../dom.js';
import { NAME_HINT, nameProblem, SPACES } from '../known.js';
import { badge, command, dialog, empty, failure, head, named, pager, positionsBar, table } from '../parts.js';

const PAGE = 50;
const NAMES = new Intl.Collator('en', { numeric: true });
const byName = (a, b) => NAMES.compare(a.name, b.name);
const DRAW_MILLIS = 500;
const ORDERS = {
  name: ['Name', byName],
  lag: ['Furthest behind', (a, b) => b.index_lag.records - a.index_lag.records || byName(a, b)],
  size: ['Most records', (a, b) => b.records - a.records || byName(a, b)],
};

export async function open({ root, signal, follow, query }) {
  const all = new Map();
  const view = { text: query.get('q') || '', place: '', order: 'name', offset: 0 };
  const list = h('div', { 'aria-live': 'off' });
  const count = h('p', { class: 'hint', role: 'status' });
  let isComplete = false;
  let timer = 0;

  const search = h('input', { type: 'search', placeholder: 'Name or id', value: view.text, oninput: () => {
    view.text = search.value;
    view.offset = 0;
    draw();
  } });
  const order = select(Object.entries(ORDERS).map(([key, [label]]) => [key, label]), view.order, { onchange: () => {
    view.order = order.value;
    draw();
  } });
  const place = select([['', 'All databases']], '', { onchange: () => {
    view.place = place.value;
    view.offset = 0;
    draw();
  } });
  root.append(head('Collections', null, h('button', { type: 'button', class: 'primary', onclick: create }, 'Create a collection')),
      h('div', { class: 'filters' }, field('Search', search), field('Database', place), field('Order', order)), count, list);

  function draw() {
    timer = 0;
    const wanted = view.text.trim().toLowerCase();
    const found = [...all.values()].filter((one) => (!view.place || placeOf(one) === view.place)
        && (!wanted || one.name.toLowerCase().includes(wanted) || one.id.startsWith(wanted))).sort(ORDERS[view.order][1]);
    if (view.offset >= found.length) view.offset = 0;
    show(count, isComplete && all.size > 0 && (found.length === all.size ? format.plural(all.size, 'collection')
        : `${format.number(found.length)} of ${format.plural(all.size, 'collection')}`));
    if (isComplete && all.size === 0) show(list, newcomer());
    else if (isComplete && found.length === 0) show(list, empty('No collection has such a name'));
    else {
      show(list, rows(found.slice(view.offset, view.offset + PAGE)), pager(view.offset, PAGE, found.length, (to) => {
        view.offset = to;
        draw();
      }));
    }
  }
  function drawSoon() {
    // Rows are made anew, so not under somebody who is just going through them by keyboard.
    if (timer === 0) timer = setTimeout(() => (list.contains(document.activeElement) ? (timer = 0) : draw()), DRAW_MILLIS);
  }
  function drawPlaces() {
    const places = [...new Set([...all.values()].map(placeOf))].sort();
    if (places.length + 1 === place.options.length) return;
    show(place, [['', 'All databases'], ...places.map((one) => [one, one])].map(([value, label]) =>
        h('option', { value, selected: value === view.place }, label)));
  }

  signal.addEventListener('abort', () => clearTimeout(timer));
  await new Promise((resolve) => {
    signal.addEventListener('abort', resolve);
    follow('api/forebay/lag/stream?interval_millis=1000', {
      event: (name, data) => {
        if (data.whole) all.clear();
        for (const one of data.collections) all.set(one.id, one);
        for (const id of data.removed) all.delete(id);
        if (data.more) return;
        drawPlaces();
        if (isComplete) drawSoon();
        else {
          isComplete = true;
          draw();
          resolve();
        }
      },
      fail: (error) => {
        show(list, failure(error));
        resolve();
      },
    });
  });
}

function placeOf(one) {
  return `${one.tenant} / ${one.database}`;
}

function rows(found) {
  const isOnePlace = new Set(found.map(placeOf)).size === 1;
  return table('Collections', [
    ['Name', (one) => named(`#/collections/${one.id}`, one.name), 'wide'],
    ['Records', (one) => format.number(one.records), 'num'],
    ['Dimension', (one) => (one.dimension > 0 ? format.number(one.dimension) : '–'), 'num'],
    ['Positions', (one) => {
      const bar = positionsBar(false);
      bar.set(one);
      return bar.element;
    }, 'meter-cell'],
    ['Behind', (one) => (one.index_lag.records === 0 ? h('span', { class: 'hint' }, 'nothing')
        : `${format.compact(one.index_lag.records)}, ${format.seconds(one.index_lag.seconds)}`), 'num'],
    ['Linked in', (one) => (one.index_lag.records === 0 ? h('span', { class: 'hint' }, '–') : format.seconds(one.seconds_until_linked)), 'num'],
    ['Set aside', (one) => (one.parked_entries > 0 ? badge(format.number(one.parked_entries), 'bad') : '0'), 'num'],
    ...(isOnePlace ? [] : [['Database', (one) => h('span', { class: 'clip', title: placeOf(one) }, placeOf(one))]]),
  ], found);
}

function newcomer() {
  return empty('There is no collection yet',
      h('p', {}, 'Create one here, ', h('a', { href: '#/upload' }, 'upload a file'), ', or load vectors from the command line:'),
      command('./forebay load vectors.jsonl.gz -c docs --space cosine'));
}

async function create() {
  const text = (value) => h('input', { type: 'text', value, required: true, autocomplete: 'off', spellcheck: 'false' });
  const name = text('');
  const tenant = text('default_tenant');
  const database = text('default_database');
  const space = select(SPACES, 'cosine');
  const made = await dialog({
    title: 'Create a collection',
    content: h('div', { class: 'form' }, field('Name', name, NAME_HINT),
        field('Distance', space, 'It cannot be changed later'),
        h('details', {}, h('summary', {}, 'Tenant and database'), field('Tenant', tenant), field('Database', database))),
    confirm: 'Create', ready: () => name.value.trim() !== '',
    submit: async () => {
      const wrong = nameProblem(name.value.trim());
      if (wrong !== null) throw new Error(wrong);
      return api.post(api.collectionPath(tenant.value.trim(), database.value.trim()),
        { name: name.value.trim(), configuration: { hnsw: { space: space.value } } });
    },
  });
  if (made) location.hash = `#/collections/${made.id}`;
}
