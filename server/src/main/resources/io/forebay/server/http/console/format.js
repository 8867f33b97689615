// Numbers for people. What is not known is a dash.

const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });
const UNKNOWN = '–';
/** Between a number and its unit a line is not broken. */
const NB = '\u00a0';

function isUnknown(value) {
  return value === null || value === undefined || Number.isNaN(value);
}

export function number(value) {
  return isUnknown(value) ? UNKNOWN : WHOLE.format(value);
}

/** 12,345 as 12.3K. */
export function compact(value) {
  if (isUnknown(value)) return UNKNOWN;
  return Math.abs(value) < 10_000 ? WHOLE.format(value) : SHORT.format(value);
}

export function bytes(value) {
  if (isUnknown(value)) return UNKNOWN;
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let at = 0;
  let left = value;
  while (Math.abs(left) >= 1000 && at < units.length - 1) {
    left /= 1000;
    at += 1;
  }
  return `${at === 0 || left >= 100 ? Math.round(left) : left.toFixed(1)}${NB}${units[at]}`;
}

export function rate(value, unit) {
  if (isUnknown(value)) return UNKNOWN;
  const shown = value > 0 && value < 10 ? value.toFixed(1) : compact(Math.round(value));
  return `${shown}${unit ? ` ${unit}` : ''}/s`;
}

export function millis(value) {
  if (isUnknown(value)) return UNKNOWN;
  if (value >= 10_000) return `${(value / 1000).toFixed(0)}${NB}s`;
  if (value >= 1000) return `${(value / 1000).toFixed(1)}${NB}s`;
  return value >= 10 ? `${Math.round(value)}${NB}ms` : `${value === 0 ? 0 : value.toFixed(value < 1 ? 2 : 1)}${NB}ms`;
}

export function seconds(value) {
  if (isUnknown(value)) return UNKNOWN;
  if (value < 1) return value < 0.05 ? `0${NB}s` : `${value.toFixed(1)}${NB}s`;
  const whole = Math.round(value);
  if (whole < 60) return `${whole}${NB}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3600)} h`;
}

export function percent(fraction) {
  if (isUnknown(fraction)) return UNKNOWN;
  const of100 = fraction * 100;
  return `${of100 > 0 && of100 < 10 ? of100.toFixed(1) : Math.floor(of100)} %`;
}

/** A time of the server, ISO text or milliseconds, in the time zone of the reader. */
export function time(value) {
  if (isUnknown(value)) return UNKNOWN;
  const date = new Date(value);
  return `${date.toLocaleDateString('sv')} ${date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false })}`;
}

/** How long ago that was; of what is older than a week the day. */
export function ago(value) {
  if (isUnknown(value)) return UNKNOWN;
  const past = (Date.now() - new Date(value).getTime()) / 1000;
  if (past < 5) return 'just now'; // also where the clocks differ
  if (past < 60) return `${Math.floor(past)}${NB}s ago`;
  if (past < 3600) return `${Math.floor(past / 60)}${NB}min ago`;
  if (past < 86_400) return `${Math.floor(past / 3600)}${NB}h ago`;
  return past < 7 * 86_400 ? `${Math.floor(past / 86_400)}${NB}d ago` : new Date(value).toLocaleDateString('sv');
}

export function distance(value) {
  if (isUnknown(value)) return UNKNOWN;
  return Math.abs(value) >= 1000 ? value.toExponential(3) : value.toFixed(4);
}

export function plural(count, one, many) {
  return `${number(count)} ${count === 1 ? one : many || `${one}s`}`;
}
