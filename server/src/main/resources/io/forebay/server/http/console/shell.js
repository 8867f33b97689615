// What stands around every view: theme, token, the banner of a lost connection.

import * as api from './api.js';
import * as format from './format.js';
import { field, h, show, text } from './dom.js';
import { dialog, note, toast } from './parts.js';

const THEMES = ['auto', 'light', 'dark'];
const THEME = 'forebay.theme';
const TIMES_MILLIS = 10_000;

export function start() {
  theme();
  tokens();
  connection();
  times();
  const skip = document.getElementById('skip');
  skip.addEventListener('click', (event) => {
    event.preventDefault(); // the hash names the view
    document.getElementById('main').focus();
  });
}

function times() {
  setInterval(() => {
    if (document.hidden) return;
    for (const one of document.querySelectorAll('time[datetime]')) text(one, format.ago(one.dateTime));
  }, TIMES_MILLIS);
}

function theme() {
  const button = document.getElementById('theme-button');
  let at = document.documentElement.dataset.theme || 'auto';
  const tell = () => {
    text(button, `Theme: ${at}`);
    if (at === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = at;
  };
  button.addEventListener('click', () => {
    at = THEMES[(THEMES.indexOf(at) + 1) % THEMES.length];
    try {
      localStorage.setItem(THEME, at);
    } catch {
      // Then it lives as long as the page.
    }
    tell();
    document.dispatchEvent(new Event('theme'));
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change',
      () => document.dispatchEvent(new Event('theme')));
  tell();
}

function tokens() {
  const button = document.getElementById('token-button');
  api.onTokenNeeded(async (why) => {
    button.hidden = false;
    return askForToken(why);
  });
  button.addEventListener('click', () => (api.hasToken() ? showToken() : ask()));
  const tell = async () => {
    button.hidden = button.hidden && !api.hasToken();
    text(button, api.hasToken() ? 'Token' : 'Give a token');
    if (!api.hasToken()) return;
    const role = (await api.whoAmI())?.attributes?.role;
    if (role && api.hasToken()) text(button, `Token: ${role}`);
  };
  api.events.addEventListener('token', tell);
  tell();

  async function ask() {
    const given = await askForToken(null);
    if (given) {
      api.setToken(given);
      window.dispatchEvent(new HashChangeEvent('hashchange'));
    }
  }
}

function askForToken(why) {
  const input = h('input', { type: 'password', autocomplete: 'off', spellcheck: 'false', required: true });
  return dialog({
    title: 'This server asks for a token',
    content: h('div', {}, why && note('bad', `The token was not accepted: ${why}`),
        field('Token', input, 'It is kept in this tab only, until you close it or forget it.'),
        h('p', { class: 'hint' }, 'Whoever runs the server makes one: ', h('code', {}, 'forebay token create --role write'))),
    confirm: 'Use it', ready: () => input.value.trim() !== '', submit: async () => input.value.trim(),
  });
}

async function showToken() {
  const who = await api.whoAmI();
  const limits = who && [['Name', who.user_id], ['Role', who.attributes?.role], ['Tenant', all(who.tenant)],
    ['Databases', all(who.databases?.join(', '))]].filter(([, value]) => value);
  const forgot = await dialog({
    title: 'Your token',
    content: limits ? h('dl', { class: 'pairs' }, limits.map(([name, value]) => h('div', {}, h('dt', {}, name),
        h('dd', {}, value)))) : h('p', {}, 'The server does not know it any more.'),
    confirm: 'Forget it', tone: 'danger', submit: async () => true,
  });
  if (forgot) {
    api.setToken(null);
    toast('The token is forgotten.');
    window.dispatchEvent(new HashChangeEvent('hashchange'));
  }
}

function all(limit) {
  return limit === '*' ? 'all' : limit;
}

function connection() {
  const banner = document.getElementById('banner');
  api.events.addEventListener('gone', () => {
    show(banner, h('strong', {}, 'The server cannot be reached.'), ' Trying again until it answers; nothing is lost here.');
    banner.hidden = false;
  });
  api.events.addEventListener('back', () => {
    banner.hidden = true;
    toast('The server is back.');
  });
}
