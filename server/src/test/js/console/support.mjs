// A real browser at a started server. Whatever a test looks at, nothing may be wrong in the browser's console and nothing
// may be asked of anybody but the server.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { createRequire } from "node:module";
import { after } from "node:test";
import { chromium } from "playwright-core";

export const base = new URL(process.env.FOREBAY_URL).origin;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({
  executablePath: process.env.FOREBAY_CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
});
after(() => browser.close());

const PATIENCE = 60_000; // for a machine that does other things too

/**
 * A page, watched. `refused` matches what the browser writes into its console about answers that the test provokes.
 */
export async function watched({ theme = "light", width = 1280, height = 860, refused = /(?!)/, ...more } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, reducedMotion: "reduce", ...more });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const wrong = [];
  const loaded = [];
  const streams = new Set();
  const isStream = (request) => /\/(stream|events)(\?|$)/.test(request.url());
  page.on("console", (message) => {
    const said = `${message.type()}: ${message.text()}`;
    if (message.type() !== "log" && !refused.test(said)) wrong.push(said);
  });
  page.on("pageerror", (error) => wrong.push(error.stack));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== base && !["data:", "blob:"].includes(url.protocol)) wrong.push(`asked of elsewhere: ${url}`);
    if (isStream(request)) streams.add(request);
  });
  page.on("requestfinished", (request) => streams.delete(request));
  page.on("requestfailed", (request) => streams.delete(request));
  page.on("response", (response) => {
    if (new URL(response.url()).pathname.startsWith("/console/")) loaded.push(response);
  });
  return {
    page, loaded, streams,
    async go(hash) {
      await page.goto(`${base}/console/${hash}`);
      await settled(page);
    },
    async close() {
      await context.close();
      assert.deepEqual(wrong, []);
    },
  };
}

/** Until a view is there. */
export async function settled(page) {
  await page.locator("main:not([aria-busy]) h1").waitFor();
}

/** What axe finds that keeps people out. */
export async function accessible(page, where) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const told = found.violations.map((one) => `${one.impact} ${one.id}: ${one.nodes.map((node) => `${node.target} `
      + `${node.failureSummary}`).join(" | ")}`);
  assert.deepEqual(told, [], where);
}

/** Nothing sticks out at the side; what is wide scrolls by itself. */
export async function fits(page, where) {
  const [wide, width] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(wide <= width, `${where} is ${wide} pixels wide, the screen ${width}`);
}

/** The first of the real documents, one JSON object each. */
export function documents(count) {
  const lines = gunzipSync(readFileSync(samplePath)).toString("utf8").trim().split("\n");
  return lines.slice(0, count).map((line) => JSON.parse(line));
}

export const samplePath = `${process.env.FOREBAY_ROOT}/sample/peps-4501.jsonl.gz`;

export async function call(method, path, body, token) {
  const answer = await fetch(`${base}/${path}`, {
    method, headers: { "Content-Type": "application/json", ...(token && { "x-chroma-token": token }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${answer.ok ? "" : await answer.text()}`);
  return answer.json();
}

const COLLECTIONS = "api/v2/tenants/default_tenant/databases/default_database/collections";

/** A new collection with `count` records of three dimensions; its id. */
export async function collection(name, count = 0, token) {
  const made = await call("POST", COLLECTIONS, { name, configuration: { hnsw: { space: "l2" } } }, token);
  if (count > 0) {
    const numbers = Array.from({ length: count }, (_, i) => i);
    await call("POST", `${COLLECTIONS}/${made.id}/add`, {
      ids: numbers.map((i) => `r${i}`), embeddings: numbers.map((i) => [i, 1, 0]),
      documents: numbers.map((i) => `record number ${i}`), metadatas: numbers.map((i) => ({ page: i })),
    }, token);
  }
  return made.id;
}
