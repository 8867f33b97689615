// The first rows of a file, and what its fields are to become. Formats that are read from the front are sent only as far
// as a preview needs; XLSX and Parquet have their tables at the end and are sent whole, if they are small.

import * as api from '../api.js';
import * as format from '../format.js';
import { field, h, select, show } from '../dom.js';
import { card, failure, note, table } from '../parts.js';

/** Of files that other programs wrote. What begins with a byte order mark says by itself what it is. */
const CHARSETS = ['UTF-8', 'windows-1252', 'ISO-8859-1', 'ISO-8859-2', 'ISO-8859-15', 'windows-1250', 'windows-1251', 'KOI8-R', 'UTF-16LE',
  'UTF-16BE', 'Shift_JIS', 'EUC-JP', 'GB18030', 'Big5', 'EUC-KR'];
const BEGINNING = 512 * 1024;
const WHOLE_MAX = 16 * 1024 * 1024;
const ROWS_SHOWN = 8;
const CELL_MAX = 120;
const ROLES = [['text', 'Text to embed'], ['id', 'Id'], ['metadata', 'Metadata'], ['vector', 'Vector'], ['ignore', 'Leave out']];
const TEXTS = ['text', 'document', 'content', 'body'];
const TITLES = ['title', 'heading', 'section', 'abstract', 'summary', 'question', 'answer', 'description'];
const IDS = ['id', '_id', 'uuid', 'key', 'url', 'doc_id', 'document_id'];
const VECTORS = ['embedding', 'vector', 'embeddings'];

/** Shows the preview; `{ schema(), charset(), onVector(run) }`. */
export async function preview(place, file, signal) {
  const charset = select(CHARSETS, CHARSETS[0]);
  const chosen = () => (charset.value === CHARSETS[0] ? null : charset.value);
  const choice = !isBinary(file.name) && h('details', {}, h('summary', {}, 'Letters look wrong?'),
      h('div', { class: 'filters' }, field('Character set of the file', charset)));
  const picked = new Map(); // what the reader said of fields, by name: another character set does not undo it
  let vectorChanged = () => {};
  let asked = 0;
  const draw = async () => {
    asked += 1;
    const mine = asked;
    let next;
    try {
      next = await look(file, chosen(), picked, signal);
    } catch (error) {
      if (mine === asked) throw error;
    }
    if (signal.aborted || mine !== asked) return; // the answer to a later choice stands
    shown = next;
    show(place, card('2. Fields', shown.parts, choice));
    shown.onVector(vectorChanged);
  };
  let shown;
  await draw();
  charset.addEventListener('change', async () => {
    await draw().catch((error) => error.name !== 'AbortError' && show(place, card('2. Fields', failure(error), choice)));
    if ([document.body, charset].includes(document.activeElement)) charset.focus(); // it was drawn anew
  });
  return {
    charset: chosen,
    schema: () => shown.schema(),
    onVector(run) {
      vectorChanged = run;
      shown.onVector(run);
    },
  };
}

/** Formats in which letters are what they are, and whose table is at the end. */
function isBinary(name) {
  return /\.(xlsx|parquet)(\.(gz|zst))?$/i.test(name);
}

async function look(file, charset, picked, signal) {
  const isWhole = isBinary(file.name);
  if (isWhole && file.size > WHOLE_MAX) {
    return byHand(`Files of this kind are previewed up to ${format.bytes(WHOLE_MAX)}; this one has ${format.bytes(file.size)}.`);
  }
  const truncated = !isWhole && file.size > BEGINNING;
  const form = new FormData();
  if (truncated) form.set('truncated', 'true');
  if (charset) form.set('charset', charset);
  form.set('file', truncated ? file.slice(0, BEGINNING) : file, file.name);
  let told;
  try {
    told = await (await api.send('POST', 'api/etl/preview', { body: form, signal })).json();
  } catch (error) {
    if (error.name === 'AbortError' || [401, 403].includes(error.status)) throw error; // then the upload is refused too
    return byHand(await api.explain(error));
  }
  return mapped(told, truncated, picked);
}

/** What is likely meant, by the names of the fields and what is in them. */
export function guess(fields) {
  const named = (names) => fields.find((one) => names.includes(one.name.toLowerCase()));
  const vector = fields.find((one) => VECTORS.includes(one.name.toLowerCase()) || isVector(one));
  const id = IDS.map((name) => named([name])).find(Boolean);
  const texts = fields.filter((one) => TEXTS.includes(one.name.toLowerCase()));
  const titles = fields.filter((one) => TITLES.includes(one.name.toLowerCase()) && isText(one));
  let embedded = texts.length > 0 ? [...titles.filter((one) => one.name.toLowerCase() === 'title'), ...texts] : titles;
  if (embedded.length === 0) embedded = fields.filter((one) => isText(one) && one !== id).sort(byLength).slice(0, 1);
  return Object.fromEntries(fields.map((one) => [one.name,
    one === vector ? 'vector' : one === id ? 'id' : embedded.includes(one) ? 'text' : 'metadata']));
}

/** A list of numbers; a short one of whole numbers is rather a list of years or the like. */
function isVector({ types, example }) {
  return types.includes('vector') && /\d\.\d|in all\]/.test(example || '');
}

function isText({ types }) {
  return types.includes('string');
}

function byLength(a, b) {
  return String(b.example ?? '').length - String(a.example ?? '').length;
}

function mapped(told, truncated, picked) {
  const roles = begun(told.fields, picked);
  const chosen = new Map();
  let vectorChanged = () => {};
  const rows = told.fields.map((one) => {
    const role = select(ROLES, roles[one.name], { 'aria-label': `Use of the field ${one.name}`, onchange: () => {
      pick(chosen, picked, one.name, role.value);
      vectorChanged(roleOf(chosen, 'vector').length > 0);
    } });
    chosen.set(one.name, role);
    return { ...one, role };
  });
  const parts = [
      told.errors.length > 0 && note('warn', h('strong', {}, 'Not everything could be read'), h('ul', {}, told.errors.slice(0, 5).map((one) =>
          h('li', {}, one.where !== null && one.where !== undefined && `${one.where}: `, one.message)))),
      h('p', { class: 'hint' }, `${told.format.toUpperCase()}${told.compression && told.compression !== 'none' ? ` (${told.compression})` : ''}, `
          + `${format.plural(told.documents, 'document')} ${truncated ? 'in its beginning' : 'looked at'}. Texts are joined in this order.`),
      table('Fields and what they become', [
        ['Field', (one) => h('code', {}, one.name)],
        ['Becomes', (one) => one.role],
        ['Type', (one) => one.types.join(', ')],
        ['Filled', (one) => format.percent(told.documents > 0 ? one.filled / told.documents : null), 'num'],
        ['Example', (one) => h('span', { class: 'clip' }, cell(one.example)), 'wide'],
      ], rows),
      told.rows.length > 0 && h('details', {}, h('summary', {}, 'First rows'), table('First rows', told.fields.map((one) =>
          [one.name, (row) => h('span', { class: 'clip' }, cell(row[one.name]))]), told.rows.slice(0, ROWS_SHOWN)))];
  return {
    parts,
    schema: () => schema(chosen),
    onVector(run) {
      vectorChanged = run;
      run(roleOf(chosen, 'vector').length > 0);
    },
  };
}

/** What the reader picked, and for other fields the guess; one that is guessed gives way. */
function begun(fields, picked) {
  const guessed = guess(fields);
  const taken = fields.map((one) => picked.get(one.name)).filter(isSingle);
  return Object.fromEntries(fields.map(({ name }) => [name,
    picked.get(name) ?? (taken.includes(guessed[name]) ? 'metadata' : guessed[name])]));
}

function isSingle(role) {
  return role === 'id' || role === 'vector';
}

/** A file has one id and one vector: who was it before becomes metadata. */
function pick(chosen, picked, name, role) {
  picked.set(name, role);
  if (!isSingle(role)) return;
  for (const [other, control] of chosen) {
    if (other === name || control.value !== role) continue;
    control.value = 'metadata';
    picked.set(other, 'metadata');
  }
  for (const [other, was] of picked) if (other !== name && was === role) picked.set(other, 'metadata');
}

function roleOf(chosen, role) {
  return [...chosen].filter(([, control]) => control.value === role).map(([name]) => name);
}

function schema(chosen) {
  const texts = roleOf(chosen, 'text');
  const [vector] = roleOf(chosen, 'vector');
  if (texts.length === 0 && !vector) throw new Error('Say which field holds the text to embed.');
  return assembled(texts, roleOf(chosen, 'id')[0], roleOf(chosen, 'metadata'), vector);
}

function assembled(texts, id, metadata, vector) {
  return { ...(texts.length > 0 && { text_fields: texts }), ...(id && { id_field: id }), metadata_fields: metadata,
    ...(vector && { embedding_field: vector }) };
}

/** Without a preview the names are typed; left empty, the server finds them. */
function byHand(why) {
  const input = () => h('input', { type: 'text', autocomplete: 'off', spellcheck: 'false' });
  const texts = input();
  const id = input();
  const vector = input();
  const parts = [note('', `There is no preview: ${why}`), h('div', { class: 'row' },
      field('Text fields', texts, 'Separated by commas; empty: text, document, content or body'),
      field('Id field', id, 'Empty: id'), field('Vector field', vector, 'Empty: none, the server makes them'))];
  return {
    parts,
    schema() {
      const names = texts.value.split(',').map((one) => one.trim()).filter(Boolean);
      const all = { ...(names.length > 0 && { text_fields: names }), ...(id.value.trim() && { id_field: id.value.trim() }),
        ...(vector.value.trim() && { embedding_field: vector.value.trim() }) };
      return Object.keys(all).length === 0 ? null : all;
    },
    onVector(run) {
      vector.addEventListener('input', () => run(vector.value.trim() !== ''));
    },
  };
}

function cell(value) {
  if (value === null || value === undefined) return '';
  const shown = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return shown.length > CELL_MAX ? `${shown.slice(0, CELL_MAX)} …` : shown;
}
