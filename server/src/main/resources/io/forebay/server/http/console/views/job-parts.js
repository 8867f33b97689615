// What a job looks like, in a row and as progress from the upload to the index.

import * as format from '../format.js';
import { h, show, text } from '../dom.js';
import { badge, meter, named, when } from '../parts.js';

const TONES = { completed: 'good', failed: 'bad', cancelled: 'warn', processing: 'busy', pending: 'busy' };
/** Shares of the one bar. Making embeddings takes nearly all of the time. */
const SHARES = { upload: 0.1, process: 0.8, index: 0.1 };

export function isRunning(job) {
  return job.status === 'pending' || job.status === 'processing';
}

export function title(job) {
  if (job.source === 'revert') return 'Undo of a commit';
  return job.file_name || job.source;
}

/** What it put into the collection, and how much of that is linked. */
function loaded(job) {
  return job.result.documents_inserted + job.result.documents_updated;
}

export function indexedFraction(job) {
  const all = loaded(job);
  return all === 0 ? 1 : Math.min(1, job.progress.indexed / all);
}

export function isAllDone(job) {
  return !isRunning(job) && (job.status !== 'completed' || indexedFraction(job) >= 1);
}

export function jobBadge(job) {
  return badge(job.cancelling && isRunning(job) ? 'cancelling' : job.status, TONES[job.status]);
}

/** A line that leads to the job. */
export function jobRow(job) {
  const bar = isRunning(job) ? meter('Progress') : null;
  bar?.set(job.progress.percentage / 100);
  return h('li', {}, named(`#/jobs/${job.job_id}`, title(job)), jobBadge(job),
      h('span', { class: 'hint grow' }, `${job.collection_name || ''} · ${format.plural(job.progress.processed, 'document')}`),
      bar ? bar.element : h('span', { class: 'hint num' }, when(job.ended_at || job.created_at)));
}

/**
 * One bar over upload, processing and index: `upload({ sent, total, rate })` while a file is sent, `job(job)` from then on.
 */
export function progress() {
  const fill = h('div', { class: 'progress-fill' });
  const bar = h('div', { class: 'progress', role: 'progressbar', 'aria-label': 'Progress of the import', 'aria-valuemin': '0',
    'aria-valuemax': '100' }, fill);
  const percent = h('strong', { class: 'num progress-percent' }, '0 %');
  const words = h('span', {});
  const said = h('p', { class: 'sr', 'aria-live': 'polite' });
  const steps = ['Upload', 'Process', 'Index'].map((name) => h('li', {}, name));
  const element = h('div', { class: 'progress-box' }, h('div', { class: 'progress-head' }, percent, words), bar,
      h('ol', { class: 'steps' }, steps), said);
  let spoken = '';

  function set(fraction, step, sentence, tone) {
    const shown = fraction >= 1 ? 100 : Math.min(99, Math.floor(fraction * 100));
    fill.style.width = `${Math.max(0, Math.min(1, fraction)) * 100}%`;
    bar.setAttribute('aria-valuenow', String(shown));
    bar.setAttribute('aria-valuetext', `${shown} percent, ${sentence}`);
    element.className = `progress-box ${tone}`;
    text(percent, `${shown} %`);
    text(words, sentence);
    steps.forEach((one, i) => {
      one.className = i < step ? 'done' : i === step ? 'current' : '';
      if (i === step) one.setAttribute('aria-current', 'step');
      else one.removeAttribute('aria-current');
    });
    const now = `${steps[Math.min(step, 2)].textContent}, ${Math.floor(shown / 25) * 25} percent`;
    if (now !== spoken) text(said, now); // every quarter is enough to hear
    spoken = now;
  }

  return {
    element,
    upload({ sent, total, rate }) {
      const left = rate > 0 ? (total - sent) / rate : null;
      set(SHARES.upload * (sent / Math.max(1, total)), 0, `Sending: ${format.bytes(sent)} of ${format.bytes(total)}`
          + (rate > 0 ? `, ${format.bytes(rate)}/s, ${format.seconds(left)} left` : ''), '');
    },
    job(job) {
      const processed = job.status === 'completed' ? 1 : job.progress.percentage / 100;
      const indexed = job.status === 'completed' ? indexedFraction(job) : 0;
      const fraction = SHARES.upload + SHARES.process * processed + SHARES.index * indexed;
      set(isAllDone(job) && job.status === 'completed' ? 1 : fraction, step(job, indexed), sentence(job, indexed),
          { failed: 'bad', cancelled: 'warn' }[job.status] || (indexed < 1 ? '' : job.result.documents_failed > 0 ? 'warn' : 'good'));
    },
  };
}

function step(job, indexed) {
  if (job.status !== 'completed') return 1;
  return indexed >= 1 ? 3 : 2;
}

function sentence(job, indexed) {
  const done = format.plural(job.progress.processed, 'document');
  if (job.status === 'completed') {
    const failed = job.result.documents_failed;
    if (indexed >= 1 && failed > 0) {
      return `${format.plural(job.progress.processed - failed, 'document')} searchable, ${format.number(failed)} failed`;
    }
    return indexed >= 1 ? `${done}, all searchable` : `Linking: ${format.percent(indexed)} of what was loaded is in the graph`;
  }
  if (job.status === 'failed') return `Failed after ${done}`;
  if (job.status === 'cancelled') return `Cancelled after ${done}; what was loaded stays`;
  if (job.status === 'pending') return `Waiting: ${job.phase}`;
  const { progress: p } = job;
  return `${p.total === null ? done : `${format.number(p.processed)} of ${format.plural(p.total, 'document')}`}`
      + `${p.documents_per_second > 0 ? `, ${format.rate(p.documents_per_second)}` : ''}`
      + `${p.estimated_remaining_seconds === null ? '' : `, ${format.seconds(p.estimated_remaining_seconds)} left`}`;
}

/** What came of it, as pairs. */
export function results(place, job) {
  const { result: r } = job;
  const pairs = [['Inserted', r.documents_inserted], ['Updated', r.documents_updated], ['Deleted', r.documents_deleted],
    ['Skipped, the same again', r.documents_skipped], ['Failed', r.documents_failed], ['Embedded', r.embedded],
    ['Embeddings from the cache', r.from_cache]];
  show(place, h('dl', { class: 'pairs' }, pairs.filter(([name, value]) => value > 0 || name === 'Inserted').map(([name, value]) =>
      h('div', {}, h('dt', {}, name), h('dd', { class: 'num' }, format.number(value))))));
}
