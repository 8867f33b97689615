// Which view is shown: the hash says. One view is alive at a time; leaving it ends its streams and its calls.

import * as api from './api.js';
import { h, show } from './dom.js';
import { failure, head } from './parts.js';
import { follow } from './sse.js';
import * as shell from './shell.js';

/** The first segment of the hash, and whether there is a second one, choose the module. */
const VIEWS = {
  overview: () => import('./views/overview.js'),
  collections: () => import('./views/collections.js'),
  'collections/': () => import('./views/collection.js'),
  upload: () => import('./views/upload.js'),
  jobs: () => import('./views/jobs.js'),
  'jobs/': () => import('./views/job.js'),
  query: () => import('./views/query.js'),
  log: () => import('./views/log.js'),
};

const main = document.getElementById('main');
let alive = null;
let isFirst = true;

function place() {
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
  const [view, ...rest] = path.split('/').map(decoded);
  return { view: view || 'overview', rest, query: new URLSearchParams(query || '') };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a hash that somebody typed
  }
}

async function go() {
  const { view, rest, query } = place();
  const load = VIEWS[rest.length > 0 && rest[0] ? `${view}/` : view];
  alive?.abort();
  const control = new AbortController();
  alive = control;
  for (const link of document.querySelectorAll('nav a')) {
    const isIt = link.dataset.view === view;
    if (!isIt) link.removeAttribute('aria-current');
    else {
      link.setAttribute('aria-current', 'page');
      link.scrollIntoView({ block: 'nearest', inline: 'center' }); // on a narrow screen the row of links is longer
    }
  }
  if (!load) {
    location.replace('#/overview');
    return;
  }
  const context = {
    id: rest[0], query, signal: control.signal,
    follow: (path, options) => follow(path, { signal: control.signal, ...options }),
    onClose: (run) => control.signal.addEventListener('abort', run, { once: true }),
    isAlive: () => alive === control,
    again: go,
  };
  const root = h('div', { class: 'view' });
  main.setAttribute('aria-busy', 'true');
  try {
    const module = await load();
    if (alive !== control) return;
    context.root = root;
    show(main, root);
    await module.open(context);
  } catch (error) {
    if (alive !== control || error.name === 'AbortError') return;
    show(main, root);
    if (!root.querySelector('h1')) root.append(head(nameOf(view)));
    root.append(failure(error, go));
    if (error.status === 0) retryWhenBack(control);
  } finally {
    if (alive === control) settled(root);
  }
}

function nameOf(view) {
  return document.querySelector(`nav a[data-view="${CSS.escape(view)}"]`)?.textContent || 'Forebay';
}

/** A view that could not be made because the server was away is made when it is back. */
function retryWhenBack(control) {
  api.events.addEventListener('back', () => alive === control && go(), { once: true, signal: control.signal });
}

function settled(root) {
  main.removeAttribute('aria-busy');
  const title = root.querySelector('h1');
  document.title = title ? `${title.textContent} · Forebay` : 'Forebay';
  if (!isFirst) (title || main).focus({ preventScroll: true });
  if (isFirst) performance.mark('interactive');
  isFirst = false;
  scrollTo(0, 0);
}

window.addEventListener('hashchange', go);
shell.start();
go();
