// Lines over time with uPlot, which is loaded when the first plot is made. Colours come from the style sheet, so a
// change of theme makes the plot anew.

import { h } from './dom.js';

/** So much time is shown at least, and marks are whole seconds apart. */
const SECONDS_MIN = 60;
const TIME_STEPS = [5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];

let loading = null;

function library() {
  loading = loading || new Promise((resolve, reject) => {
    document.head.append(h('script', {
      src: 'vendor/uPlot.iife.min.js', onload: () => resolve(window.uPlot), onerror: reject,
    }));
  });
  loading.catch(() => { loading = null; }); // the next plot tries again
  return loading;
}

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/**
 * A plot of `series`, each `{ label, colour, format, isFilled }`: `set([times in seconds, values, ...])`.
 *
 * `signal` ends it. The newest values stand in words below, so nobody needs to see the picture.
 */
export function plot(title, series, signal, height = 120) {
  const place = h('div', { class: 'plot-canvas', role: 'img', 'aria-label': title });
  const legend = h('dl', { class: 'plot-legend' });
  const values = series.map((one) => {
    const value = h('dd', { class: 'num' }, '–');
    legend.append(h('div', {}, h('dt', {}, h('span', { class: `dot ${one.colour}`, 'aria-hidden': 'true' }), one.label), value));
    return value;
  });
  const element = h('figure', { class: 'plot' }, h('figcaption', {}, h('h2', {}, title)), place, legend);
  let data = [[], ...series.map(() => [])];
  let drawn = null;

  async function draw() {
    const UPlot = await library().catch(() => null);
    if (UPlot === null || signal.aborted || !place.isConnected) return;
    drawn?.destroy();
    drawn = new UPlot(options(series, place.clientWidth, height, (at) => tell(at)), data, place);
  }

  function tell(at) {
    const index = at === null || at === undefined ? data[0].length - 1 : at;
    series.forEach((one, i) => {
      values[i].textContent = one.format(data[i + 1][index]);
    });
  }

  const resized = new ResizeObserver(() => {
    if (place.clientWidth === 0) return;
    if (drawn === null) draw();
    else if (drawn.width !== place.clientWidth) drawn.setSize({ width: place.clientWidth, height });
  });
  resized.observe(place);
  document.addEventListener('theme', draw, { signal });
  signal.addEventListener('abort', () => {
    resized.disconnect();
    drawn?.destroy();
    drawn = null;
  });
  return {
    element,
    set(next) {
      data = next;
      drawn?.setData(data);
      tell(null);
    },
  };
}

function options(series, width, height, tell) {
  const grid = { stroke: colour('line'), width: 1 };
  const font = '11px system-ui, sans-serif';
  const axis = { stroke: colour('soft'), grid, font, ticks: { show: false } };
  return {
    width, height, padding: [6, 26, 0, 0], legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { size: 6 } },
    hooks: { setCursor: [(u) => tell(u.cursor.idx)] },
    scales: { x: { range: times }, y: { range: (u, min, max) => [0, Math.max(1, (max || 0) * 1.1)] } },
    axes: [
      { ...axis, space: 70, size: 24, incrs: TIME_STEPS, values: (u, at) => at.map(clock) },
      { ...axis, size: 52, space: 34, values: (u, at) => labels(at.map((value) => series[0].format(value))) },
    ],
    series: [{}, ...series.map((one) => ({
      label: one.label, stroke: colour(one.colour), width: 1.5, spanGaps: false, points: { show: false },
      fill: one.isFilled ? `${colour(one.colour)}22` : undefined,
    }))],
  };
}

/** Without data there is no range. */
function times(u, min, max) {
  return min === null ? [null, null] : [Math.min(min, max - SECONDS_MIN), max];
}

/** Rounding may make neighbours alike: then only the first is written. */
function labels(all) {
  return all.map((one, i) => (one === all[i - 1] ? '' : one));
}

function clock(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
}
