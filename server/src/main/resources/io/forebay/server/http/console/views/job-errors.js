// The first documents of a job that failed, and why. All of them are a file to download: there may be thousands.

import * as api from '../api.js';
import * as format from '../format.js';
import { h, show } from '../dom.js';
import { card, table } from '../parts.js';

const SHOWN = 10;

export async function firstErrors(place, path, count, signal) {
  let errors;
  try {
    errors = await first(path, signal);
  } catch {
    return; // the button that downloads them says why
  }
  if (signal.aborted || errors.length === 0) return;
  const hasSheet = errors.some((one) => one.sheet);
  show(place, card(count > errors.length ? `The first ${errors.length} of ${format.plural(count, 'error')}` : 'Errors', table('Errors', [
    ['Line', (one) => format.number(one.line), 'num'],
    ...(hasSheet ? [['Sheet', (one) => one.sheet || '–']] : []),
    ...(errors.some((one) => one.id) ? [['Id', (one) => (one.id ? h('code', { class: 'clip' }, one.id) : '–')]] : []),
    ['Reason', (one) => one.reason.replace(`line ${one.line}: `, ''), 'wide'],
  ], errors)));
}

/** Reads only as much as is shown. */
async function first(path, signal) {
  const control = new AbortController();
  signal.addEventListener('abort', () => control.abort(), { signal: control.signal });
  const answer = await api.send('GET', `${path}/errors`, { signal: control.signal });
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    text += value || '';
    const lines = text.split('\n');
    if (done || lines.length > SHOWN) {
      control.abort();
      return lines.slice(0, SHOWN).filter(Boolean).map((line) => JSON.parse(line));
    }
  }
}
