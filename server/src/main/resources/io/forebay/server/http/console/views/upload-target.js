// Where an upload goes, and how: the third step of the wizard. What the server would refuse after the last byte of a large
// file is told here, before the first.

import * as format from '../format.js';
import { field, h, select } from '../dom.js';
import { collectionField, connectionOptions, fullName, isDefault, nameProblem, SPACES } from '../known.js';

const NONE = 'none';

/** `{ element, hasVector(yes), fields() }`; `fields()` are those of the upload, or it throws what is wrong. */
export function target(file, all, makers, chosenId) {
  const collection = collectionField(all, { id: chosenId, hint: 'One that is there, or a new name', onchange: () => tell() });
  if (!chosenId) collection.propose(proposal(file.name, all));
  const space = select(SPACES, 'cosine');
  const spaceField = field('Distance', space, 'It cannot be changed later');
  const maker = select([...connectionOptions(makers), [NONE, 'none: the vectors are in the file']], makers[0]?.name, { onchange: () => tell() });
  const duplicates = select([['update', 'Update it'], ['skip', 'Skip the document']], 'update');
  const line = () => h('input', { type: 'text', maxlength: '1000', autocomplete: 'off' });
  const message = line();
  const author = line();
  const place = (value) => h('input', { type: 'text', value, required: true, autocomplete: 'off', spellcheck: 'false', oninput: () => tell() });
  const tenant = place('default_tenant');
  const database = place('default_database');
  const places = [field('Tenant', tenant), field('Database', database)];
  const told = h('p', { class: 'hint', role: 'status' });

  let vector = null; // whether a field is the vector; null where nobody knows

  function isAtDefault() {
    return isDefault({ tenant: tenant.value.trim(), database: database.value.trim() });
  }

  /** A tenant or database that was typed counts: a collection of that name elsewhere is not meant. */
  function chosen() {
    return isAtDefault() ? collection.chosen() : all.find((one) => [one.name, fullName(one)].includes(collection.typed())
        && one.tenant === tenant.value.trim() && one.database === database.value.trim());
  }

  /** What is wrong with what is chosen, or null. */
  function problem() {
    const known = chosen();
    const name = collection.typed();
    if (!known && name.includes(' / ') && collection.chosen()) return `${name} is not in the tenant and database under “More”.`;
    if (!known && (name === '' || nameProblem(name) !== null)) return name === '' ? 'Give the collection a name.' : nameProblem(name);
    if (maker.value === NONE && vector === false) return 'No field is the vector: say which one, or who makes the embeddings.';
    const made = makers.find((one) => one.name === maker.value)?.dimension;
    if (!known || !made || known.dimension <= 0 || made === known.dimension) return null;
    return `“${maker.value}” makes vectors of ${format.number(made)} dimensions, ${known.name} has ${format.number(known.dimension)}.`;
  }

  function tell() {
    const known = chosen();
    const isTyped = collection.typed() !== '';
    spaceField.hidden = Boolean(known);
    for (const one of places) one.hidden = Boolean(known) && isAtDefault();
    const wrong = isTyped ? problem() : null;
    told.classList.toggle('problem', wrong !== null);
    told.textContent = wrong || (known ? into(known) : isTyped ? `“${collection.typed()}” will be made.` : '');
  }
  tell();

  return {
    element: [h('div', { class: 'row' }, collection.element, spaceField), told,
      h('div', { class: 'row' }, field('Embeddings by', maker), field('When an id is there already', duplicates)),
      h('details', {}, h('summary', {}, 'More: message, author, tenant, database'),
          h('div', { class: 'row' }, field('Message', message, 'Of the commit'), field('Author', author, 'Of the commit'), places))],
    hasVector(yes) {
      vector = yes;
      if (yes) maker.value = NONE;
      else if (maker.value === NONE && makers.length > 0) maker.value = makers[0].name;
      tell();
    },
    fields() {
      const wrong = problem();
      if (wrong !== null) throw new Error(wrong);
      const known = chosen();
      const fields = { collection_name: known ? known.name : collection.typed(), tenant: known ? known.tenant : tenant.value.trim(),
        database: known ? known.database : database.value.trim(), space: known ? '' : space.value, embedding_connection: maker.value,
        on_duplicate: duplicates.value, message: message.value.trim(), author: author.value.trim() };
      return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
    },
  };
}

function into(known) {
  const size = known.dimension > 0 ? ` of ${format.plural(known.dimension, 'dimension')}` : '';
  return `Goes into ${fullName(known)}, which has ${format.plural(known.records, 'record')}${size}.`;
}

/** A name made of the file's; none where that is taken, lest files are mixed by accident. */
function proposal(fileName, all) {
  const name = fileName.replace(/(\.\w{2,7}){1,2}$/, '').normalize('NFKD').replace(/[^A-Za-z0-9._-]+/g, '-').replace(/\.{2,}/g, '.')
      .replace(/^[^A-Za-z0-9]+/, '').slice(0, 60).replace(/[^A-Za-z0-9]+$/, '');
  return nameProblem(name) !== null || all.some((one) => one.name === name) ? '' : name;
}
