// The line of commits of a collection, and undoing one.

import * as api from '../api.js';
import * as format from '../format.js';
import { h, show } from '../dom.js';
import { action, badge, card, dialog, failure, pager, table, when } from '../parts.js';

const PAGE = 10;

export async function commits(place, home, signal, offset = 0) {
  let page;
  try {
    page = await api.get(`${home}/commits?limit=${PAGE}&offset=${offset}`, signal);
  } catch (error) {
    if (error.name === 'AbortError' || error.status === 404) return; // imports may be switched off
    show(place, card('Commits', failure(error, () => commits(place, home, signal, offset))));
    return;
  }
  if (page.total === 0) return;
  show(place, card('Commits', table('Commits', [
    ['Number', (one) => `#${one.number}`, 'num'],
    ['Kind', (one) => badge(one.kind)],
    ['Message', (one) => one.message || h('span', { class: 'hint' }, words(one)), 'wide'],
    ['Inserted', (one) => format.number(one.documents_inserted), 'num'],
    ['Updated', (one) => format.number(one.documents_updated), 'num'],
    ['Deleted', (one) => format.number(one.documents_deleted), 'num'],
    ['Time', (one) => when(one.created_at), 'num'],
    ['', (one) => h('div', { class: 'actions' }, one.job_id && h('a', { class: 'button', href: `#/jobs/${one.job_id}` }, 'Job'),
        action('Undo', () => revert(home, one)))],
  ], page.commits), pager(offset, PAGE, page.total, (to) => commits(place, home, signal, to))));
}

function words(commit) {
  if (commit.kind === 'implicit') return 'written through the API';
  return commit.kind === 'revert' ? 'undo of another commit' : 'import';
}

async function revert(home, commit) {
  const force = h('input', { type: 'checkbox', id: 'revert-force' });
  const made = await dialog({
    title: `Undo commit #${commit.number}?`,
    content: h('div', {}, h('p', {}, 'What it inserted is deleted, what it updated or deleted is as it was before. This makes a new commit.'),
        h('div', { class: 'check' }, force, h('label', { for: force.id }, 'Also records that were changed since'))),
    confirm: 'Undo', tone: 'danger',
    submit: () => api.post(`${home}/commits/${commit.commit_id}/revert`, { force: force.checked }),
  });
  if (made) location.hash = `#/jobs/${made.job_id}`;
}
