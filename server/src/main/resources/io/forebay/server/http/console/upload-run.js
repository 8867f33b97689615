// The upload that this tab is at. It goes on while the reader looks at other views; only closing the tab ends it.

import * as api from './api.js';

/** Tells `change` at every step of the running upload. */
export const events = new EventTarget();

let running = null;

/** `{ fileName, sent, total, rate, job, error, isCancelled, cancel(), again() }`, or null. */
export function current() {
  return running;
}

export function forget() {
  running = null;
}

/** Sends a form; XMLHttpRequest because fetch does not tell how much is sent. */
export function start(form, file) {
  const request = new XMLHttpRequest();
  const begun = performance.now();
  const mine = { fileName: file.name, sent: 0, total: file.size, rate: 0, job: null, error: null, isCancelled: false,
    again: () => start(form, file),
    cancel: () => {
      mine.isCancelled = true;
      request.abort();
    } };
  running = mine;
  const tell = () => events.dispatchEvent(new Event('change'));
  const fail = (error) => {
    mine.error = error;
    tell();
  };
  request.upload.addEventListener('progress', (event) => {
    mine.sent = Math.min(event.loaded, file.size);
    mine.rate = mine.sent / Math.max(0.001, (performance.now() - begun) / 1000);
    tell();
  });
  request.addEventListener('load', () => {
    if (request.status === 202) {
      mine.job = JSON.parse(request.responseText);
      tell();
    } else fail(errorOf(request));
  });
  request.addEventListener('error', () => {
    api.gone();
    fail(new api.ApiError(0, 'Unreachable', 'The connection broke while the file was sent. Nothing of it was kept: send it again.'));
  });
  request.addEventListener('abort', () => {
    running = null;
    tell();
  });
  request.open('POST', api.url('api/etl/upload'));
  for (const [name, value] of Object.entries(api.headers())) request.setRequestHeader(name, value);
  request.send(form);
  return mine;
}

function errorOf(request) {
  try {
    const told = JSON.parse(request.responseText);
    return new api.ApiError(request.status, told.error, told.message);
  } catch {
    return new api.ApiError(request.status, 'HTTP', `The server answered ${request.status}.`);
  }
}

addEventListener('beforeunload', (event) => {
  if (running !== null && running.job === null && running.error === null) event.preventDefault();
});
