// Server-Sent Events by fetch, because EventSource sends no token. A stream is open only while the tab is seen and ends
// with its signal. It comes back by itself: soon at first, then less and less often.

import * as api from './api.js';

const WAIT_MILLIS_MIN = 500;
const WAIT_MILLIS_MAX = 10_000;
/** The server sends a comment every 15 s, so three times that is a dead connection. */
const SILENCE_MILLIS_MAX = 45_000;

/**
 * Follows `path` until `signal` is aborted or `event` returns `false`.
 *
 * `event(name, data)` gets each event, its data parsed; `fail(error)` is told of a refusal that will not pass.
 */
export function follow(path, { signal, event, fail = () => {} }) {
  let attempt = null;
  let timer = 0;
  let failures = 0;
  let ended = false;

  async function open() {
    if (ended || attempt !== null || document.hidden) return;
    attempt = new AbortController();
    const mine = attempt;
    try {
      const more = await once(path, mine, (name, data) => {
        const told = event(name, data);
        failures = 0; // only now: whoever cannot use what comes is not asked for again and again
        return told;
      });
      if (!more) return end();
    } catch (error) {
      if (ended || mine.signal.aborted && document.hidden) return undefined;
      if (error.status === 401 && await api.tokenWanted(error.used, error.message)) failures = 0;
      else if (error.status >= 400 && error.status < 500 && error.status !== 429) {
        end();
        return fail(error);
      }
    } finally {
      if (attempt === mine) attempt = null;
    }
    return again();
  }

  function again() {
    if (ended || document.hidden || attempt !== null) return;
    failures += 1;
    const wait = Math.min(WAIT_MILLIS_MAX, WAIT_MILLIS_MIN * 2 ** (failures - 1));
    clearTimeout(timer);
    timer = setTimeout(open, wait * (0.75 + Math.random() / 2));
  }

  function seen() {
    clearTimeout(timer);
    if (document.hidden) attempt?.abort();
    else if (!ended) {
      attempt = null;
      open();
    }
  }

  function back() {
    failures = 0;
    clearTimeout(timer);
    open();
  }

  function end() {
    if (ended) return;
    ended = true;
    clearTimeout(timer);
    attempt?.abort();
    document.removeEventListener('visibilitychange', seen);
    api.events.removeEventListener('back', back);
  }

  document.addEventListener('visibilitychange', seen);
  api.events.addEventListener('back', back);
  signal.addEventListener('abort', end);
  open();
}

/** One connection; false when whoever follows has had enough. */
async function once(path, control, event) {
  const used = api.currentToken();
  let silence = setTimeout(() => control.abort(), SILENCE_MILLIS_MAX);
  try {
    const answer = await fetch(api.url(path), {
      headers: api.headers({ Accept: 'text/event-stream' }), signal: control.signal, cache: 'no-store',
    }).catch((failure) => {
      if (failure.name !== 'AbortError') api.gone();
      throw failure;
    });
    if (!answer.ok) throw Object.assign(await api.errorOf(answer), { used });
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    const parse = parser(event);
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return true;
      clearTimeout(silence);
      silence = setTimeout(() => control.abort(), SILENCE_MILLIS_MAX);
      if (!parse(value)) {
        control.abort();
        return false;
      }
    }
  } finally {
    clearTimeout(silence);
  }
}

/** Cuts text into events, wherever the pieces were cut. */
export function parser(event) {
  let rest = '';
  let name = 'message';
  let data = [];
  return (piece) => {
    const lines = (rest + piece).split('\n');
    rest = lines.pop();
    for (const raw of lines) {
      const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
      if (line.startsWith('event:')) name = line.slice(6).trim();
      else if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5));
      else if (line === '' && data.length > 0) {
        const told = event(name, JSON.parse(data.join('\n')));
        name = 'message';
        data = [];
        if (told === false) return false;
      }
    }
    return true;
  };
}
