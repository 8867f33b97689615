// The log's extents, and whose records keep them from being deleted.

import * as api from '../api.js';
import * as format from '../format.js';
import { h, show } from '../dom.js';
import { badge, card, empty, failure, head, note, table, tile, tiles } from '../parts.js';

const REFRESH_MILLIS = 5000;
const HOLDERS_SHOWN = 3;

export async function open({ root, signal, again }) {
  const figures = { bytes: tile('On disk'), pending: tile('Waiting to be applied'), end: tile('Last seqId'),
    durable: tile('Durable up to') };
  const bar = h('div', {});
  const list = h('div', {});
  root.append(head('Log', 'Every batch is here until a checkpoint has it. Then the files behind are deleted.'),
      tiles(...Object.values(figures)), bar, list);
  const update = async () => {
    const log = await api.get('api/forebay/log', signal);
    figures.bytes.set(format.bytes(log.bytes), format.plural(log.extents.length, 'extent'));
    figures.pending.set(format.bytes(log.pending_bytes), log.pending_bytes_max > 0
        ? `writes are held back at ${format.bytes(log.pending_bytes_max)}` : 'no bound is set');
    figures.end.set(format.number(log.end_seq_id), 'of all collections');
    figures.durable.set(format.number(log.durable_seq_id), log.durable_seq_id >= log.end_seq_id ? 'everything is synced'
        : `${format.number(log.end_seq_id - log.durable_seq_id)} not synced yet`);
    const key = JSON.stringify(log.extents);
    if (list.dataset.key === key) return;
    list.dataset.key = key;
    show(bar, extentsBar(log.extents));
    show(list, card('Extents', log.extents.length === 0 ? empty('The log is empty') : extents(log.extents)));
  };
  try {
    await update();
  } catch (error) {
    if (error.status !== 403) throw error;
    show(root, head('Log'), failure(error, again), note('', 'The log holds all collections, so it takes a token without limits.'));
    return;
  }
  const timer = setInterval(() => {
    if (document.hidden) return;
    update().catch((error) => { // the banner tells of a server that is away
      if (error.status === 401 || error.status === 403) clearInterval(timer); // or it would ask for a token again and again
    });
  }, REFRESH_MILLIS);
  signal.addEventListener('abort', () => clearInterval(timer));
}

function kind(extent) {
  if (extent.current) return 'written now';
  return extent.holders > 0 ? 'kept' : 'goes with the next purge';
}

function extentsBar(all) {
  const whole = Math.max(1, all.reduce((sum, one) => sum + one.bytes, 0));
  return card('What takes the space', h('div', { class: 'positions', role: 'img',
    'aria-label': all.map((one) => `extent ${one.extent}: ${format.bytes(one.bytes)}, ${kind(one)}`).join('; ') },
  all.map((one) => h('span', { class: `piece gap ${one.current ? 'linked' : one.holders > 0 ? 'durable' : 'free'}`,
    title: `extent ${one.extent}: ${format.bytes(one.bytes)}, ${kind(one)}`,
    style: { 'flex-grow': String(one.bytes / whole) } }))),
  h('ul', { class: 'keys' }, [['linked', 'written now'], ['durable', 'kept by a collection'], ['free', 'goes with the next purge']]
      .map(([look, words]) => h('li', {}, h('span', { class: `dot ${look}`, 'aria-hidden': 'true' }), words))));
}

function extents(all) {
  return table('Extents', [
    ['Extent', (one) => format.number(one.extent), 'num'],
    ['State', (one) => badge(kind(one), one.current ? 'busy' : one.holders > 0 ? 'warn' : '')],
    ['Bytes', (one) => format.bytes(one.bytes), 'num'],
    ['Entries', (one) => format.number(one.entries), 'num'],
    ['seqIds', (one) => (one.min_seq_id === null ? 'none' : `${format.number(one.min_seq_id)} to ${format.number(one.max_seq_id)}`), 'num'],
    ['Held by', holders, 'wide'],
  ], all);
}

function holders(extent) {
  if (extent.holders === 0) return h('span', { class: 'hint' }, 'nobody');
  const shown = extent.held_by.slice(0, HOLDERS_SHOWN);
  const more = extent.holders - shown.length;
  return h('span', {}, shown.map((one, i) => [i > 0 && ', ', h('a', { href: `#/collections/${one.collection}`,
    title: `applied up to ${format.number(one.applied_seq_id)}` }, one.name)]), more > 0 && ` and ${format.number(more)} more`);
}
