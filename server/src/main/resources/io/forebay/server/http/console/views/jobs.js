// Import jobs, newest first. The list is read when it is opened; what changes in it comes with the stream of the overview.

import * as api from '../api.js';
import * as format from '../format.js';
import { field, h, select, show } from '../dom.js';
import { badge, command, empty, failure, head, meter, named, pager, table, when } from '../parts.js';
import { isRunning, jobBadge, title } from './job-parts.js';

const PAGE = 25;
const STATES = [['', 'All states'], ['pending', 'Pending'], ['processing', 'Processing'], ['completed', 'Completed'],
  ['failed', 'Failed'], ['cancelled', 'Cancelled']];

export async function open({ root, signal, follow, query }) {
  const list = h('div', {});
  let state = query.get('state') || '';
  let offset = 0;
  let page = { jobs: [], total: 0 };
  let known = '';

  const draw = () => show(list, page.total === 0 ? none(state) : [rows(page.jobs), pager(offset, PAGE, page.total, (to) => {
    offset = to;
    load();
  })]);
  async function load() {
    try {
      page = await api.get(`api/etl/jobs?offset=${offset}&limit=${PAGE}${state ? `&state=${state}` : ''}`, signal);
      draw();
    } catch (error) {
      if (error.name !== 'AbortError') show(list, failure(error, load));
      return error.status;
    }
    return 200;
  }

  const choice = select(STATES, state, { onchange: () => {
    state = choice.value;
    offset = 0;
    load();
  } });
  root.append(head('Jobs', 'Files on their way into collections, and undone commits.',
      h('a', { class: 'button primary', href: '#/upload' }, 'Upload a file')), h('div', { class: 'filters' }, field('State', choice)), list);
  await load();

  /** New or ended jobs change what the list holds; progress only changes rows. */
  function update(recent) {
    const shape = recent.map((job) => job.job_id + job.status).join();
    if (known !== '' && shape !== known) load();
    known = shape;
    const byId = new Map(recent.map((job) => [job.job_id, job]));
    if (!page.jobs.some((job) => byId.has(job.job_id) && isRunning(byId.get(job.job_id)))) return;
    page.jobs = page.jobs.map((job) => byId.get(job.job_id) || job);
    if (!list.contains(document.activeElement)) draw();
  }
  follow('api/forebay/overview/stream?interval_millis=1000', {
    event: (name, data) => name === 'overview' && data.jobs && update(data.jobs.recent),
    fail: () => watchQuietly(load, () => page.jobs.some(isRunning), signal), // the overview is not for this token
  });
}

function watchQuietly(load, isWorthIt, signal) {
  const timer = setInterval(async () => {
    if (document.hidden || !isWorthIt()) return;
    if (await load() === 401) clearInterval(timer); // or it would ask for a token again and again
  }, 3000);
  signal.addEventListener('abort', () => clearInterval(timer));
}

function rows(jobs) {
  return table('Jobs', [
    ['File', (job) => named(`#/jobs/${job.job_id}`, title(job)), 'wide'],
    ['Collection', (job) => (job.collection_id ? named(`#/collections/${job.collection_id}`, job.collection_name)
        : job.collection_name || '–')],
    ['State', jobBadge],
    ['Progress', (job) => {
      const bar = meter(`Progress of ${title(job)}`);
      bar.set(job.status === 'completed' ? 1 : job.progress.percentage / 100, job.status === 'failed');
      return bar.element;
    }, 'meter-cell'],
    ['Documents', (job) => format.number(job.progress.processed), 'num'],
    ['Failed', (job) => (job.result.documents_failed > 0 ? badge(format.number(job.result.documents_failed), 'bad') : '0'), 'num'],
    ['Created', (job) => when(job.created_at), 'num'],
  ], jobs);
}

function none(state) {
  return state ? empty(`No job is ${state}`)
      : empty('No file was imported yet', h('p', {}, 'Upload one here, or from the command line:'),
          command('./forebay import articles.csv --collection articles'));
}
