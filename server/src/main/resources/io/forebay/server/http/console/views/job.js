// One job: its progress until everything is indexed, what failed, and how to undo it.

import * as api from '../api.js';
import * as format from '../format.js';
import { h, show } from '../dom.js';
import { action, card, dialog, failure, head, note, toast, when } from '../parts.js';
import { firstErrors } from './job-errors.js';
import { isAllDone, isRunning, jobBadge, progress, results, title } from './job-parts.js';

/** As many characters of a commit's name as the server takes for the whole, and some more. */
const COMMIT_SHOWN = 16;
const LONG = 100;
const DUPLICATES = { update: 'updated', skip: 'skipped' };

export async function open({ root, id, signal, follow, again }) {
  let job = await api.get(`api/etl/jobs/${encodeURIComponent(id)}`, signal);
  const bar = progress();
  const state = h('span', {});
  const actions = h('div', { class: 'actions' });
  const problem = h('div', {});
  const outcome = h('div', {});
  const errors = h('div', {});
  const facts = h('div', {});
  let shape = '';
  root.append(head(title(job), h('span', {}, state, ' ', subtitle(job))), card('Progress', bar.element, actions), problem,
      card('Result', outcome), errors, card('About', facts));

  const update = (next) => {
    job = next;
    bar.job(job);
    results(outcome, job);
    const now = [job.status, job.cancelling, isAllDone(job), job.result.documents_failed > 0].join();
    if (now === shape) return; // buttons stay what they are, and keep the focus
    shape = now;
    show(state, jobBadge(job));
    show(actions, buttons(job));
    show(problem, job.error && whyFailed(job.error));
    show(facts, about(job));
    if (!isRunning(job) && job.result.documents_failed > 0) {
      firstErrors(errors, `api/etl/jobs/${encodeURIComponent(id)}`, job.result.documents_failed, signal);
    }
  };
  update(job);
  if (isAllDone(job)) return;
  follow(`api/etl/jobs/${encodeURIComponent(id)}/events`, {
    event: (name, data) => {
      if (name === 'job') update(data);
      return !isAllDone(job);
    },
    fail: (error) => show(problem, failure(error, again)),
  });
}

function subtitle(job) {
  return job.collection_id
      ? h('span', {}, 'into ', h('a', { href: `#/collections/${job.collection_id}` }, job.collection_name))
      : h('span', {}, `into ${job.collection_name}`);
}

function whyFailed(error) {
  const { ordinal, line } = error.position || {};
  const where = line !== null && line !== undefined ? `, line ${line}`
      : ordinal !== null && ordinal !== undefined ? `, document ${ordinal}` : '';
  return note('bad', h('p', {}, h('strong', {}, 'It failed'), ` while ${error.failed_at}${where}: ${error.message}`));
}

function buttons(job) {
  const path = `api/etl/jobs/${encodeURIComponent(job.job_id)}`;
  const all = [];
  if (isRunning(job)) {
    all.push(job.cancelling ? h('span', { class: 'hint' }, 'Cancelling …') : action('Cancel', () => cancel(path), { class: 'danger' }));
    return all;
  }
  if (job.status === 'completed' && job.source !== 'revert') {
    all.push(h('a', { class: 'button primary', href: `#/query?collection=${encodeURIComponent(job.collection_id)}` }, 'Search it'));
  }
  if (job.result.documents_failed > 0) {
    all.push(action('Download the errors', () => downloadErrors(path, job)));
    all.push(action('Try the failed ones again', async () => leadTo(await api.post(`${path}/retry`))));
  } else if (job.status === 'failed') {
    all.push(action('Go on with the rest', async () => leadTo(await api.post(`${path}/retry`))));
  }
  if (job.result.commit_id && job.collection_id && hasChanged(job)) {
    all.push(action('Undo', () => undo(job), { class: 'danger' }));
  }
  return all;
}

function hasChanged({ result: r }) {
  return r.documents_inserted + r.documents_updated + r.documents_deleted > 0;
}

function leadTo(job) {
  location.hash = `#/jobs/${job.job_id}`;
}

async function cancel(path) {
  const revert = h('input', { type: 'checkbox', id: 'cancel-revert' });
  await dialog({
    title: 'Cancel this job?',
    content: h('div', {}, h('p', {}, 'It ends within a batch. What is loaded so far stays, unless you undo it.'),
        h('div', { class: 'check' }, revert, h('label', { for: revert.id }, 'Undo what is loaded so far'))),
    confirm: 'Cancel the job', tone: 'danger',
    submit: () => api.send('DELETE', `${path}${revert.checked ? '?revert=true' : ''}`),
  });
}

async function undo(job) {
  const force = h('input', { type: 'checkbox', id: 'undo-force' });
  const made = await dialog({
    title: 'Undo this import?',
    content: h('div', {}, h('p', {}, `What it inserted into ${job.collection_name} is deleted, what it updated is as it was before.`
        + ' This makes a new commit, which can be undone too.'),
    h('div', { class: 'check' }, force, h('label', { for: force.id }, 'Also records that were changed since'))),
    confirm: 'Undo', tone: 'danger',
    submit: () => api.post(`${api.collectionPath(job.tenant, job.database, job.collection_id)}/commits/`
        + `${job.result.commit_id}/revert`, { force: force.checked }),
  });
  if (made) leadTo(made);
}

async function downloadErrors(path, job) {
  const blob = await (await api.send('GET', `${path}/errors`)).blob();
  const link = h('a', { href: URL.createObjectURL(blob), download: `${title(job)}.errors.jsonl` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  toast(`${format.plural(job.result.documents_failed, 'error')}, a line of JSON each`);
}

function about(job) {
  const pairs = [['Job', job.job_id], ['Collection', `${job.tenant} / ${job.database} / ${job.collection_name}`], ['Source', job.source],
    ['Embeddings', job.embedding_connection === 'none' ? 'none: they are in the file'
      : [job.embedding_connection, job.embedding_model].filter(Boolean).join(', ') || 'the server’s default'],
    ['Documents with a known id', DUPLICATES[job.on_duplicate]], ['Message', job.message], ['Author', job.author],
    ['Distance asked for', job.space], ['Created', when(job.created_at)],
    ['Took', job.ended_at && format.seconds(job.progress.elapsed_seconds)], ['Commit', job.result.commit_id
      && h('span', { title: job.result.commit_id }, job.result.commit_id.slice(0, COMMIT_SHOWN))]];
  return h('dl', { class: 'pairs' }, pairs.filter(([, value]) => value).map(([name, value]) =>
      h('div', { class: String(value).length > LONG ? 'full' : null }, h('dt', {}, name), h('dd', { class: 'break' }, value))));
}
