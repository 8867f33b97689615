// Calls of the server: the token, errors in words, and whether the server is there at all.

const TOKEN = 'forebay.token';
const RETRY_MILLIS_MIN = 500;
const RETRY_MILLIS_MAX = 5000;

/** Where the API begins: the folder above the console's, so that a proxy may put all of it below a path. */
export const ROOT = new URL('../', location.href.split('#')[0]);

/** Tells `gone`, `back` and `token`. */
export const events = new EventTarget();

let token = read();
let identity = null;
let asking = null;
let askForToken = async () => null;
let isGone = false;

export class ApiError extends Error {
  constructor(status, name, message, retryAfterSeconds) {
    super(message);
    this.status = status;
    this.name = name;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

function read() {
  try {
    return sessionStorage.getItem(TOKEN);
  } catch {
    return null;
  }
}

export function hasToken() {
  return token !== null;
}

export function setToken(value) {
  token = value || null;
  identity = null;
  try {
    if (token === null) sessionStorage.removeItem(TOKEN);
    else sessionStorage.setItem(TOKEN, token);
  } catch {
    // Then it lives as long as the page.
  }
  events.dispatchEvent(new Event('token'));
}

/** `ask(why)` gives a token, or null when the reader does not want to. */
export function onTokenNeeded(ask) {
  askForToken = ask;
}

export function url(path) {
  return new URL(path.replace(/^\//, ''), ROOT);
}

export function headers(more) {
  return token === null ? { ...more } : { 'x-chroma-token': token, ...more };
}

/** One question at a time, whoever needs the answer. */
export function tokenWanted(used, why) {
  if (token !== used) return Promise.resolve(true); // another call has been given one meanwhile
  asking = asking || askForToken(why).then((given) => {
    asking = null;
    if (given) setToken(given);
    return Boolean(given);
  });
  return asking;
}

export function currentToken() {
  return token;
}

/** The answer of a fetch that was understood; an ApiError for everything else. */
export async function send(method, path, options = {}) {
  const { json, body, signal, headers: more } = options;
  for (;;) {
    const used = token;
    let answer;
    try {
      answer = await fetch(url(path), {
        method, signal, cache: 'no-store',
        headers: headers(json === undefined ? more : { 'Content-Type': 'application/json', ...more }),
        body: json === undefined ? body : JSON.stringify(json),
      });
    } catch (failure) {
      if (failure.name === 'AbortError') throw failure;
      gone();
      throw new ApiError(0, 'Unreachable', 'The server cannot be reached.');
    }
    here();
    if (answer.ok) return answer;
    const error = await errorOf(answer);
    if (error.status === 401 && await tokenWanted(used, used === null ? null : error.message)) continue;
    throw error;
  }
}

export async function errorOf(answer) {
  const retryAfter = Number(answer.headers.get('Retry-After')) || 0;
  let name = `HTTP ${answer.status}`;
  let message = answer.statusText || name;
  try {
    const told = JSON.parse(await answer.text());
    name = told.error || name;
    message = told.message || message;
  } catch {
    // Not one of the server's own answers: a proxy's.
  }
  return new ApiError(answer.status, name, message, retryAfter);
}

export async function get(path, signal) {
  return (await send('GET', path, { signal })).json();
}

export async function post(path, json, signal) {
  return (await send('POST', path, { json, signal })).json();
}

/** Who the server takes us for; null when it does not say. */
export async function whoAmI() {
  if (identity === null) {
    try {
      identity = await get('api/v2/auth/identity');
    } catch {
      return null;
    }
  }
  return identity;
}

/** An error in a sentence or two. */
export async function explain(error) {
  if (error.status === 401) return 'The server asks for a token. Use the button “Token” to give one.';
  if (error.status === 403) {
    const role = (await whoAmI())?.attributes?.role;
    return `${role ? `Your token has the role “${role}”, which` : 'Your token'} does not allow this.`
        + ` The server says: ${error.message}`;
  }
  return error.message || String(error);
}

export function collectionPath(tenant, database, id) {
  const path = `api/v2/tenants/${encodeURIComponent(tenant)}/databases/${encodeURIComponent(database)}/collections`;
  return id === undefined ? path : `${path}/${encodeURIComponent(id)}`;
}

/** Called by whoever sees that a connection failed; asks until the server answers again. */
export function gone() {
  if (isGone) return;
  isGone = true;
  events.dispatchEvent(new Event('gone'));
  askUntilBack(RETRY_MILLIS_MIN);
}

function askUntilBack(millis) {
  setTimeout(async () => {
    try {
      const answer = await fetch(url('api/v2/heartbeat'), { cache: 'no-store' });
      if (answer.ok) return here();
    } catch {
      // Not yet.
    }
    return isGone && askUntilBack(Math.min(RETRY_MILLIS_MAX, millis * 1.5));
  }, millis);
}

function here() {
  if (!isGone) return;
  isGone = false;
  events.dispatchEvent(new Event('back'));
}

export function isServerGone() {
  return isGone;
}
