// What a query found, and where its time went.

import * as format from '../format.js';
import { h } from '../dom.js';
import { card, empty } from '../parts.js';

const STAGES = { embedding: 'embedding', wait: 'waiting for writes', filter: 'filter', search: 'search', records: 'reading records' };
const LONG = 400;
const SHOWN_MILLIS_MIN = 0.005;

/** `wait;dur=0.02, search;dur=0.81` as pairs. */
export function serverTiming(header) {
  return (header || '').split(',').map((part) => part.trim().split(';')).filter(([name]) => name).map(([name, ...rest]) => {
    const duration = rest.map((one) => one.trim()).find((one) => one.startsWith('dur='));
    return [name, duration ? Number(duration.slice(4)) : 0];
  });
}

/** A bar of the stages; what neither stage names is the way there and back. */
export function timings(headers, whole, before) {
  const stages = serverTiming(headers.get('Server-Timing'));
  const inside = stages.reduce((sum, [, millis]) => sum + millis, 0);
  const all = [...before, ...stages, ['network', Math.max(0, whole - inside)]].filter(([, millis]) => millis >= SHOWN_MILLIS_MIN);
  const sum = all.reduce((total, [, millis]) => total + millis, 0) || 1;
  const plan = headers.get('Forebay-Plan');
  const name = (stage) => (stage === 'network' ? 'network, encoding' : STAGES[stage] || stage);
  return card(`${format.millis(sum)} in all`,
      h('div', { class: 'positions stages', role: 'img',
        'aria-label': all.map(([stage, millis]) => `${name(stage)} ${format.millis(millis)}`).join(', ') },
      all.map(([stage, millis]) => h('span', { class: `piece stage-${stage}`, style: { 'flex-grow': String(millis / sum) } }))),
      h('ul', { class: 'keys' }, all.map(([stage, millis]) => h('li', {}, h('span', { class: `dot stage-${stage}`, 'aria-hidden': 'true' }),
          `${name(stage)} `, h('strong', { class: 'num' }, format.millis(millis))))),
      plan && h('p', { class: 'hint' }, 'Plan: ', h('code', {}, plan)));
}

export function resultList(found, like) {
  const ids = found.ids[0];
  if (ids.length === 0) return empty('Nothing was found', h('p', {}, 'Perhaps the filters let nothing through.'));
  const distances = found.distances?.[0] || [];
  const furthest = Math.max(...distances.filter(Number.isFinite), Number.MIN_VALUE);
  return h('ol', { class: 'hits', 'aria-label': 'Results' }, ids.map((id, i) => {
    const distance = distances[i];
    const documentText = found.documents?.[0]?.[i];
    const metadata = Object.entries(found.metadatas?.[0]?.[i] || {});
    return h('li', { class: 'card hit' },
        h('div', { class: 'hit-head' }, h('span', { class: 'rank num' }, String(i + 1)), h('code', { class: 'break', dir: 'auto' }, id),
            h('span', { class: 'hit-distance' }, h('span', { class: 'spark', 'aria-hidden': 'true' }, h('span', {
              style: { width: `${Math.max(2, Math.min(100, (distance / furthest) * 100))}%` } })),
            h('span', { class: 'num', title: 'distance' }, format.distance(distance))),
            h('button', { type: 'button', class: 'quiet', onclick: () => like(id) }, 'More like this',
                h('span', { class: 'sr' }, `: ${id}`))),
        documentText && body(documentText),
        metadata.length > 0 && h('dl', { class: 'tags' }, metadata.map(([name, value]) => h('div', {}, h('dt', {}, name),
            h('dd', { dir: 'auto' }, shown(value))))));
  }));
}

/** A value of metadata; all of a long one where the pointer rests. */
function shown(value) {
  const text = typeof value === 'object' ? JSON.stringify(value) : value === '' ? '“”' : String(value);
  return text.length <= LONG ? text : h('span', { title: text }, `${text.slice(0, LONG)} …`);
}

function body(documentText) {
  if (documentText.length <= LONG) return h('p', { class: 'document', dir: 'auto' }, documentText);
  return h('details', { class: 'document', dir: 'auto' }, h('summary', {}, `${documentText.slice(0, LONG)} …`), h('p', {}, documentText));
}
