// Batches of a collection that could not be applied: written again, or given up.

import * as api from '../api.js';
import * as format from '../format.js';
import { h, show } from '../dom.js';
import { action, card, dialog, failure, note, pager, table, toast, when } from '../parts.js';

const PAGE = 20;

export async function deadLetters(place, home, signal, offset = 0) {
  const again = () => deadLetters(place, home, signal, offset);
  let page;
  try {
    page = await api.get(`${home}/dead_letters?limit=${PAGE}&offset=${offset}`, signal);
  } catch (error) {
    if (error.name !== 'AbortError') show(place, card('Dead letters', failure(error, again)));
    return;
  }
  if (page.total === 0) {
    show(place);
    return;
  }
  const retry = async (path, words) => {
    await api.send('POST', `${home}/dead_letters${path}/retry`);
    toast(words);
    await again();
  };
  const discard = async (path, words) => {
    const done = await dialog({ title: `Discard ${words}?`, content: h('p', {}, 'What it holds was acknowledged and is lost for good.'),
      confirm: 'Discard', tone: 'danger', submit: async () => {
        await api.send('DELETE', `${home}/dead_letters${path}`);
        return true;
      } });
    if (done) await again();
  };
  show(place, card('Dead letters', note('bad', `${format.plural(page.total, 'batch', 'batches')} could not be applied and `
      + `${page.total === 1 ? 'is' : 'are'} set aside. A retry writes over what came to the same ids since.`,
  h('div', { class: 'actions' }, action('Retry all', () => retry('', 'All are written again.')),
      action('Discard all', () => discard('', 'all of them'), { class: 'danger' }))),
  table('Dead letters', [
    ['seqIds', (one) => `${format.number(one.min_seq_id)} to ${format.number(one.max_seq_id)}`, 'num'],
    ['Operation', (one) => one.operation || '–'],
    ['Records', (one) => format.number(one.records), 'num'],
    ['First ids', (one) => one.ids.slice(0, 3).join(', ')],
    ['Reason', (one) => one.reason, 'wide'],
    ['Set aside', (one) => when(one.parked_at), 'num'],
    ['', (one) => h('div', { class: 'actions' }, action('Retry', () => retry(`/${one.min_seq_id}`, 'It is written again.')),
        action('Discard', () => discard(`/${one.min_seq_id}`, 'this batch'), { class: 'danger' }))],
  ], page.dead_letters),
  pager(offset, PAGE, page.total, (to) => deadLetters(place, home, signal, to))));
}
