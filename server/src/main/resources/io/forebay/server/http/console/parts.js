// What several views show: tiles, the bar of the four positions, tables, notes, dialogs.

import * as api from './api.js';
import * as format from './format.js';
import { freshId, h, show, text } from './dom.js';

export const POSITIONS = ['linked', 'applied', 'durable', 'acked'];

const LONG = 60;

const MEANINGS = {
  acked: 'the client has its answer',
  durable: 'on the disk, synced',
  applied: 'every read sees it',
  linked: 'in the graph, searched fast',
};

export function head(title, subtitle, ...actions) {
  return h('div', { class: 'head' },
      h('div', { class: 'head-text' }, h('h1', { tabindex: '-1', title: title.length > LONG ? title : null }, title), subtitle && h('p', { class: 'sub' }, subtitle)),
      actions.length > 0 && h('div', { class: 'actions' }, actions));
}

export function card(title, ...children) {
  const id = freshId('card');
  return h('section', { class: 'card', 'aria-labelledby': id }, h('h2', { id }, title), children);
}

/** A figure with its name: `set(value, note)`. */
export function tile(label, tone) {
  const value = h('dd', { class: 'tile-value' }, '–');
  const note = h('dd', { class: 'tile-note' }, '\u00a0');
  const element = h('div', { class: `tile ${tone || ''}` }, h('dt', {}, label), value, note);
  return {
    element,
    set(shown, remark = '\u00a0', isBad = false) {
      text(value, shown);
      text(note, remark || '\u00a0');
      element.classList.toggle('bad', isBad);
    },
  };
}

export function tiles(...all) {
  return h('dl', { class: 'tiles' }, all.map((one) => one.element));
}

export function meter(label) {
  const fill = h('div', { class: 'meter-fill' });
  const element = h('div', { class: 'meter', role: 'meter', 'aria-label': label, 'aria-valuemin': '0', 'aria-valuemax': '100',
    'aria-valuenow': '0' }, fill);
  return {
    element,
    set(fraction, isBad = false) {
      const percent = Math.max(0, Math.min(100, (fraction || 0) * 100));
      fill.style.width = `${percent}%`;
      element.classList.toggle('bad', isBad);
      element.setAttribute('aria-valuenow', percent.toFixed(0));
    },
  };
}

/** How many operations each position has reached, of those of the collection. */
export function reached(status) {
  const acked = status.operations;
  const applied = Math.max(0, acked - status.ingest_lag.records);
  const linked = Math.min(applied, status.linked_operations);
  const unsynced = Math.max(0, status.acked_seq_id - status.durable_seq_id);
  return { acked, durable: Math.max(applied, acked - unsynced), applied, linked };
}

/** The four positions as one bar, with a legend: `set(status)`. */
export function positionsBar(hasLegend = true) {
  const pieces = Object.fromEntries(POSITIONS.map((name) => [name, h('span', { class: `piece ${name}` })]));
  const bar = h('div', { class: 'positions', role: 'img' }, POSITIONS.map((name) => pieces[name]));
  const counts = Object.fromEntries(POSITIONS.map((name) => [name, h('dd', { class: 'num' })]));
  const legend = hasLegend && h('dl', { class: 'legend' }, [...POSITIONS].reverse().map((name) => h('div', {},
      h('dt', {}, h('span', { class: `dot ${name}`, 'aria-hidden': 'true' }), name,
          h('span', { class: 'hint' }, MEANINGS[name])),
      counts[name])));
  return {
    element: h('div', {}, bar, legend),
    set(status) {
      const at = reached(status);
      const whole = Math.max(1, at.acked);
      let from = 0;
      for (const name of POSITIONS) {
        pieces[name].style.flexGrow = String(Math.max(0, at[name] - from) / whole);
        from = Math.max(from, at[name]);
        text(counts[name], at.acked === 0 ? '0' : `${format.number(at[name])} · ${format.percent(at[name] / whole)}`);
        counts[name].title = `seqId ${format.number(status[`${name}_seq_id`])}`;
      }
      bar.classList.toggle('empty', at.acked === 0);
      bar.setAttribute('aria-label', at.acked === 0 ? 'nothing written yet'
          : `of ${format.number(at.acked)} operations: ${POSITIONS.slice().reverse()
              .map((name) => `${name} ${format.number(at[name])}`).join(', ')}`);
    },
  };
}

/** A link that takes two lines at most; all of a longer name is told where the pointer rests. */
export function named(href, name) {
  return h('a', { href, class: 'named', title: name.length > LONG ? name : null }, name);
}

/** A time as people say it, and exactly where the pointer rests; the shell keeps it up to date. */
export function when(value) {
  if (value === null || value === undefined) return '–';
  return h('time', { datetime: new Date(value).toISOString(), title: format.time(value) }, format.ago(value));
}

export function badge(label, tone) {
  return h('span', { class: `badge ${tone || ''}` }, label);
}

/** A command that can be copied. */
export function command(line) {
  const button = h('button', { type: 'button', class: 'copy', 'aria-label': 'Copy the command' }, 'Copy');
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(line);
      text(button, 'Copied');
    } catch {
      text(button, 'Select it');
    }
    setTimeout(() => text(button, 'Copy'), 2000);
  });
  return h('div', { class: 'command' }, h('pre', { tabindex: '0', 'aria-label': 'Command' }, h('code', {}, line)), button);
}

export function note(tone, ...children) {
  return h('div', { class: `note ${tone}`, role: tone === 'bad' ? 'alert' : null }, children);
}

/** Why something could not be had, with a way to try again. */
export function failure(error, again) {
  const message = h('p', {}, error.message);
  api.explain(error).then((told) => text(message, told));
  return note('bad', message, again && h('button', { type: 'button', onclick: again }, 'Try again'));
}

export function empty(title, ...children) {
  return h('div', { class: 'empty' }, h('h2', {}, title), children);
}

/**
 * A table that scrolls sideways where there is no room. A column is [title, cell(row), class]; cells may be elements.
 */
export function table(caption, columns, rows) {
  return h('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': caption },
      h('table', {}, h('caption', { class: 'sr' }, caption),
          h('thead', {}, h('tr', {}, columns.map(([title, , look]) => h('th', { scope: 'col', class: look },
              title || h('span', { class: 'sr' }, 'Actions'))))),
          h('tbody', {}, rows.map((row) => h('tr', {}, columns.map(([, cell, look]) => h('td', { class: look }, cell(row))))))));
}

/** Buttons to go through pages of `size`: `go(offset)`. */
export function pager(offset, size, total, go) {
  if (total <= size && offset === 0) return null;
  return h('div', { class: 'pager' },
      h('button', { type: 'button', disabled: offset === 0, onclick: () => go(Math.max(0, offset - size)) }, 'Previous'),
      h('span', { class: 'num' }, `${format.number(total === 0 ? 0 : offset + 1)} to `
          + `${format.number(Math.min(total, offset + size))} of ${format.number(total)}`),
      h('button', { type: 'button', disabled: offset + size >= total, onclick: () => go(offset + size) }, 'Next'));
}

/** A button that does nothing more while its action runs, and keeps the focus; what fails is told in a toast. */
export function action(label, run, properties = {}) {
  const button = h('button', { type: 'button', ...properties }, label);
  let isBusy = false;
  button.addEventListener('click', async () => {
    if (isBusy) return;
    isBusy = true;
    button.setAttribute('aria-busy', 'true');
    try {
      await run();
    } catch (error) {
      if (error.name !== 'AbortError') toast(await api.explain(error), 'bad');
    } finally {
      isBusy = false;
      button.removeAttribute('aria-busy');
    }
  });
  return button;
}

const TOAST_MILLIS = 8000;

export function toast(message, tone = '') {
  const element = h('div', { class: `toast ${tone}` }, h('span', {}, message),
      h('button', { type: 'button', class: 'quiet', 'aria-label': 'Dismiss', onclick: () => element.remove() }, '×'));
  document.getElementById('toasts').append(element);
  setTimeout(() => element.remove(), TOAST_MILLIS);
}

/**
 * Shows a dialog with a form and waits. `submit()` runs when it is confirmed; what it throws is shown inside, and the
 * dialog stays. Resolves to what `submit` gave, or undefined when it was dismissed.
 */
export function dialog({ title, content, confirm, tone = 'primary', submit, ready = () => true }) {
  return new Promise((resolve) => {
    const problem = h('div', {});
    const id = freshId('dialog');
    const go = h('button', { type: 'submit', class: tone, disabled: !ready() }, confirm);
    const form = h('form', { method: 'dialog' }, h('h2', { id }, title), content, problem,
        h('div', { class: 'actions end' },
            h('button', { type: 'button', onclick: () => leave() }, 'Cancel'), go));
    const element = h('dialog', { 'aria-labelledby': id }, form);
    let result;
    let isBusy = false;
    const leave = () => !isBusy && element.close(); // the view that asked is gone
    form.addEventListener('input', () => { go.disabled = !ready(); });
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      if (!ready()) return;
      go.disabled = true;
      isBusy = true;
      try {
        result = await submit();
        isBusy = false;
        element.close();
      } catch (error) {
        isBusy = false;
        show(problem, note('bad', await api.explain(error)));
        go.disabled = false;
      }
    });
    element.addEventListener('cancel', (event) => isBusy && event.preventDefault());
    window.addEventListener('hashchange', leave);
    element.addEventListener('close', () => {
      window.removeEventListener('hashchange', leave);
      element.remove();
      resolve(result);
    });
    document.body.append(element);
    element.showModal();
  });
}
