// A file becomes a collection: choose it, say what its fields are, send it. From the last byte on it is a job of the server.

import * as api from '../api.js';
import * as format from '../format.js';
import * as upload from '../upload-run.js';
import { h, show } from '../dom.js';
import { card, failure, head, toast } from '../parts.js';
import { collections, connections } from '../known.js';
import { preview } from './preview.js';
import { progress } from './job-parts.js';
import { target } from './upload-target.js';

const KINDS = /\.(jsonl|ndjson|json|csv|tsv|xlsx|parquet)(\.(gz|zst))?$/i;
const ACCEPT = '.jsonl,.ndjson,.json,.csv,.tsv,.xlsx,.parquet,.gz,.zst';

export async function open(context) {
  const { root, signal, again } = context;
  if (upload.current() !== null) {
    sending(root, signal, again);
    return;
  }
  const [all, makers] = await Promise.all([collections(signal), connections(signal)]);
  const rest = h('div', { class: 'view' });
  root.append(head('Upload', 'A file of texts becomes a collection that can be searched.'), chooser((file) =>
      described(rest, file, { all, makers, ...context })), rest);
}

function chooser(chosen) {
  const input = h('input', { type: 'file', id: 'file', accept: ACCEPT });
  const name = h('p', { class: 'hint', role: 'status' }, 'JSONL, CSV, TSV, JSON, XLSX or Parquet, also packed (.gz, .zst)');
  const take = (file) => {
    if (!file) return;
    const isKnown = KINDS.test(file.name);
    show(name, isKnown ? [h('strong', {}, file.name), `, ${format.bytes(file.size)}`]
        : `${file.name} is of no format that is known. It takes JSONL, CSV, TSV, JSON, XLSX or Parquet, also with .gz or .zst behind.`);
    name.classList.toggle('problem', !isKnown);
    if (isKnown) chosen(file);
  };
  input.addEventListener('change', () => take(input.files[0]));
  const zone = h('div', { class: 'drop' }, h('label', { for: 'file', class: 'drop-title' }, 'Choose a file, or drop it here'), input, name);
  for (const kind of ['dragenter', 'dragover']) {
    zone.addEventListener(kind, (event) => {
      event.preventDefault();
      zone.classList.add('over');
    });
  }
  zone.addEventListener('dragleave', (event) => !zone.contains(event.relatedTarget) && zone.classList.remove('over'));
  zone.addEventListener('drop', (event) => {
    event.preventDefault();
    zone.classList.remove('over');
    take(event.dataTransfer.files[0]);
  });
  return card('1. File', zone);
}

/** Steps 2 and 3, for a file that is chosen. */
async function described(place, file, { all, makers, query, signal, root, again }) {
  const looked = h('div', {}, h('p', { class: 'hint', role: 'status' }, 'Looking into the file …'));
  const rest = h('div', {});
  show(place, looked, rest);
  let fields;
  try {
    fields = await preview(looked, file, signal);
  } catch (error) {
    if (error.name !== 'AbortError' && place.contains(looked)) show(place, failure(error)); // else a later file is there
    return;
  }
  if (signal.aborted || !place.contains(looked)) return; // another file was chosen meanwhile
  const into = target(file, all, makers, query.get('collection'));
  fields.onVector(into.hasVector);
  const problem = h('div', {});
  const form = h('form', { class: 'form' }, into.element, problem,
      h('div', { class: 'actions' }, h('button', { type: 'submit', class: 'primary' }, 'Import')));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const data = new FormData();
    try {
      const schema = fields.schema();
      if (schema !== null) data.set('schema', JSON.stringify(schema));
      if (fields.charset()) data.set('charset', fields.charset());
      for (const [name, value] of Object.entries(into.fields())) data.set(name, value);
    } catch (error) {
      show(problem, failure(error));
      return;
    }
    data.set('file', file, file.name); // last, so that a refusal of a field comes before the bytes
    upload.start(data, file);
    show(root);
    sending(root, signal, again);
  });
  show(rest, card('3. Into', form));
}

/** The first part of the bar, until the server has made the job. */
function sending(root, signal, again) {
  const bar = progress();
  const actions = h('div', { class: 'actions' });
  const run = upload.current();
  const outcome = h('div', {});
  root.append(head(run.fileName, 'Upload'), card('Progress', bar.element, actions), outcome);
  show(actions, h('button', { type: 'button', class: 'danger', onclick: () => run.cancel() }, 'Cancel'),
      h('span', { class: 'hint' }, 'You may look at other views meanwhile; closing the tab ends the upload.'));
  root.querySelector('h1').focus({ preventScroll: true });
  const update = () => {
    if (run.job !== null) {
      upload.forget();
      location.replace(`#/jobs/${run.job.job_id}`);
    } else if (run.error !== null) {
      upload.forget();
      show(actions, h('button', { type: 'button', class: 'primary', onclick: () => {
        run.again();
        again();
      } }, 'Send it again'), h('button', { type: 'button', onclick: again }, 'Begin anew'));
      show(outcome, failure(run.error));
    } else if (run.isCancelled) {
      toast('The upload was cancelled. Nothing of it was kept.');
      again();
    } else bar.upload(run);
  };
  upload.events.addEventListener('change', update, { signal });
  update();
}
