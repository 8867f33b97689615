// The collections that the reader may see, for fields that ask for one.

import * as api from './api.js';
import { field, h } from './dom.js';

export const SPACES = [['cosine', 'Cosine: the angle, for texts'], ['l2', 'L2: squared Euclidean distance'], ['ip', 'IP: inner product']];
export const NAME_HINT = '3 to 512 letters (a to z), digits, dots, dashes and underscores';
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9._-]{1,510}[a-zA-Z0-9]$/;

/** What the server would not like about the name of a new collection; null for nothing. */
export function nameProblem(name) {
  const parts = name.split('+');
  return parts.length <= 2 && parts.every((one) => NAME.test(one)) && !name.includes('..') ? null
      : `A name has ${NAME_HINT}, begins and ends with a letter or a digit, and has no two dots in a row.`;
}

export async function collections(signal) {
  const all = await api.get('api/forebay/lag', signal);
  return all.sort((a, b) => a.name.localeCompare(b.name) || a.database.localeCompare(b.database));
}

export function isDefault(one) {
  return one.tenant === 'default_tenant' && one.database === 'default_database';
}

/** A name that says which one is meant. */
export function fullName(one) {
  return isDefault(one) ? one.name : `${one.tenant} / ${one.database} / ${one.name}`;
}

/**
 * A field to choose one of them by typing, for thousands too. `chosen()` is the collection, or undefined where none has
 * the name that is typed; with `isNewAllowed` that is the name of a new one.
 */
export function collectionField(all, { id, label = 'Collection', hint, onchange = () => {} }) {
  const byName = new Map(all.map((one) => [fullName(one), one]));
  const options = h('datalist', { id: 'known-collections' }, all.slice(0, 2000).map((one) => h('option', { value: fullName(one) },
      one.dimension > 0 ? `${one.records} records, ${one.dimension} dimensions` : 'no records yet')));
  const first = all.find((one) => one.id === id);
  const input = h('input', { type: 'text', list: options.id, autocomplete: 'off', spellcheck: 'false',
    value: first ? fullName(first) : '', required: true });
  input.addEventListener('input', onchange);
  return {
    element: h('div', {}, field(label, input, hint), options),
    chosen: () => byName.get(input.value.trim()),
    typed: () => input.value.trim(),
    propose: (name) => { input.value = name; },
    focus: () => input.focus(),
  };
}

/** Embedding connections; the local one where the server does not list them. */
export async function connections(signal) {
  try {
    return await api.get('api/etl/connections', signal);
  } catch (error) {
    if (error.status !== 404) throw error;
    return [{ name: 'local', model: null, dimension: null }];
  }
}

/** As options of a select; `isShort` without the dimension, where there is little room. */
export function connectionOptions(all, isShort = false) {
  return all.filter((one) => one.name !== 'none' && one.kind !== 'none').map((one) => [one.name,
    `${one.name}${one.model ? ` (${one.model}${one.dimension && !isShort ? `, ${one.dimension} dimensions` : ''})` : ''}`]);
}
