// A place to try queries: by text, by a vector, or by the likeness to a record that is there.

import * as api from '../api.js';
import { field, h, select, show } from '../dom.js';
import { action, command, empty, failure, head } from '../parts.js';
import { collectionField, collections, connectionOptions, connections } from '../known.js';
import { resultList, timings } from './query-parts.js';

const RESULTS_MAX = 1000;
const HELP = `{"page": {"$gte": 2}}
{"$and": [{"type": "Process"}, {"status": {"$ne": "Final"}}]}
{"pep": {"$in": [8, 20]}}`;
const DOCUMENT_HELP = `{"$contains": "iterator"}
{"$not_contains": "draft"}
{"$regex": "(?i)type hints?"}`;

/** Of this tab: who comes back finds what was typed. */
const typed = { mode: 'text', text: '', vector: '', like: '', results: '10', where: '', document: '', connection: '' };

export async function open({ root, query, signal }) {
  const [all, makers] = await Promise.all([collections(signal), connections(signal)]);
  if (all.length === 0) {
    root.append(head('Query'), empty('There is nothing to search yet', h('p', {}, 'Upload a file first:'),
        h('p', {}, h('a', { class: 'button primary', href: '#/upload' }, 'Upload a file')), h('p', {}, 'Or load vectors from the command line:'),
        command('./forebay load vectors.jsonl.gz -c docs --space cosine')));
    return;
  }
  const result = h('div', { class: 'results', 'aria-live': 'polite' });
  const form = makeForm(all, makers, query.get('collection') || all.find((one) => one.records > 0)?.id);
  let control = null;
  const run = async () => {
    control?.abort();
    control = new AbortController();
    const mine = control;
    signal.addEventListener('abort', () => mine.abort(), { signal: mine.signal });
    form.problem('');
    result.setAttribute('aria-busy', 'true');
    try {
      await search(form, result, mine.signal);
    } catch (error) {
      if (error.name !== 'AbortError') show(result, failure(error));
    } finally {
      result.removeAttribute('aria-busy');
    }
  };
  form.element.addEventListener('submit', (event) => {
    event.preventDefault();
    run();
  });
  const again = (mode, value) => {
    form.choose(mode, value);
    run();
  };
  form.searchLike = (id) => again('like', id);
  root.append(head('Query', 'Try what a search finds, and where its time goes.'), form.element, result);
}

function makeForm(all, makers, chosenId) {
  const keep = (name) => (event) => { typed[name] = event.target.value; };
  const where = jsonField(typed.where, keep('where'));
  const documentWhere = jsonField(typed.document, keep('document'));
  const words = h('textarea', { rows: '2', value: typed.text, oninput: keep('text') });
  const vector = h('textarea', { rows: '3', class: 'code', spellcheck: 'false', value: typed.vector, oninput: keep('vector') });
  const like = h('input', { type: 'text', spellcheck: 'false', autocomplete: 'off', value: typed.like, oninput: keep('like') });
  const connection = select(connectionOptions(makers, true), typed.connection || 'local', { onchange: keep('connection') });
  const count = h('input', { type: 'number', min: '1', max: String(RESULTS_MAX), value: typed.results, oninput: keep('results'), required: true });
  const collection = collectionField(all, { id: chosenId });
  const parts = {
    text: h('div', { class: 'row wide-first' }, field('Text', words), field('Embedding by', connection)),
    vector: field('Vector', vector, 'A JSON array with as many numbers as the collection has dimensions'),
    like: field('Id', like, 'Finds what is nearest to this record'),
  };
  const problem = h('p', { class: 'problem', role: 'alert' });
  const inputs = {};
  const modes = h('fieldset', { class: 'segments' }, h('legend', { class: 'sr' }, 'What to search by'),
      [['text', 'Text'], ['vector', 'Vector'], ['like', 'Like a record']].map(([value, label]) => {
        inputs[value] = h('input', { type: 'radio', name: 'mode', value, id: `mode-${value}`, checked: value === typed.mode,
          onchange: () => choose(value) });
        return h('span', {}, inputs[value], h('label', { for: `mode-${value}` }, label));
      }));
  function choose(mode, value) {
    typed.mode = mode;
    inputs[mode].checked = true;
    if (mode === 'like' && value !== undefined) like.value = typed.like = value;
    for (const [name, part] of Object.entries(parts)) part.hidden = name !== mode;
  }
  choose(typed.mode);
  const hasFilter = typed.where !== '' || typed.document !== '';
  const element = h('form', { class: 'card form' }, h('div', { class: 'row wide-first' }, collection.element, field('Results', count)), modes,
      Object.values(parts),
      h('details', { open: hasFilter }, h('summary', {}, 'Filters'),
          h('div', { class: 'row' },
              h('div', {}, field('Metadata (where)', where.element, 'JSON; compares with $eq $ne $gt $gte $lt $lte $in $nin, joins with $and $or'),
                  h('pre', { class: 'example', tabindex: '0', 'aria-label': 'Examples of metadata filters' }, HELP)),
              h('div', {}, field('Document (where_document)', documentWhere.element, 'JSON; $contains $not_contains $regex $not_regex $and $or'),
                  h('pre', { class: 'example', tabindex: '0', 'aria-label': 'Examples of document filters' }, DOCUMENT_HELP)))),
      problem, h('div', { class: 'actions' }, h('button', { type: 'submit', class: 'primary' }, 'Search')));
  return { element, collection, words, vector, like, connection, count, where, documentWhere, choose,
    problem: (message) => { problem.textContent = message; } };
}

function jsonField(value, oninput) {
  const element = h('textarea', { rows: '2', class: 'code', spellcheck: 'false', value, oninput });
  return {
    element,
    read(name) {
      if (element.value.trim() === '') return undefined;
      try {
        return JSON.parse(element.value);
      } catch (error) {
        throw new Error(`${name} is no JSON: ${error.message}`);
      }
    },
  };
}

async function search(form, place, signal) {
  const collection = form.collection.chosen();
  if (!collection) {
    form.problem(`There is no collection “${form.collection.typed()}”.`);
    form.collection.focus();
    return;
  }
  const home = api.collectionPath(collection.tenant, collection.database, collection.id);
  let asked;
  try {
    asked = { where: form.where.read('The metadata filter'), where_document: form.documentWhere.read('The document filter'),
      n_results: Number(form.count.value), include: ['distances', 'documents', 'metadatas'] };
  } catch (error) {
    form.problem(error.message);
    return;
  }
  const spent = [];
  const vector = await vectorOf(form, home, collection, spent, signal);
  if (vector === null) return;
  const begun = performance.now();
  const answer = await api.send('POST', `${home}/query`, { json: { ...asked, query_embeddings: [vector] }, signal });
  const found = await answer.json();
  const whole = performance.now() - begun;
  show(place, timings(answer.headers, whole, spent), resultList(found, form.searchLike));
}

/** The vector to search by; null when the reader has to mend something first, which is told. */
async function vectorOf(form, home, collection, spent, signal) {
  if (typed.mode === 'text') {
    if (form.words.value.trim() === '') {
      form.problem('Type what to search for.');
      form.words.focus();
      return null;
    }
    const made = await api.post('api/forebay/embed', { texts: [form.words.value], connection: form.connection.value }, signal);
    spent.push(['embedding', made.millis]);
    return fits(made.embeddings[0], collection, form, `“${made.connection}” makes vectors of`);
  }
  if (typed.mode === 'like') {
    const found = await api.post(`${home}/get`, { ids: [form.like.value], include: ['embeddings'] }, signal);
    if (found.ids.length === 0) {
      form.problem(`No record of ${collection.name} has the id “${form.like.value}”.`);
      return null;
    }
    return found.embeddings[0];
  }
  try {
    const vector = JSON.parse(form.vector.value);
    if (!Array.isArray(vector) || !vector.every(Number.isFinite)) throw new Error('an array of numbers is wanted');
    return fits(vector, collection, form, 'The vector has');
  } catch (error) {
    form.problem(`The vector is not understood: ${error.message}`);
    return null;
  }
}

function fits(vector, collection, form, who) {
  if (collection.dimension <= 0 || vector.length === collection.dimension) return vector;
  form.problem(`${who} ${vector.length} dimensions, the collection has ${collection.dimension}.`);
  return null;
}
