// The real sample, whole, in each format: from the file to what a search finds, by the local model where it has no vectors.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { csv, embedded, jsonl, parquet, upload, xlsx } from "./files.mjs";
import { accessible, call, documents, fits, samplePath, settled, watched } from "./support.mjs";
import { becomes, distanceOf, drop, searchable, searchByText, searchByVector, send } from "./wizard.mjs";

const COUNT = 200;
const rows = documents(COUNT);
const ALL = 4501;
const PATIENCE_ALL = 400_000; // for embeddings of all of it, on a machine that does other things too

test("a CSV of the real sample becomes a collection in which a text finds what it should", async () => {
  const { page, go, close } = await watched();
  await go("#/upload");
  await page.setInputFiles("#file", upload("sample.csv", csv(rows)));
  await page.getByRole("heading", { name: "2. Fields" }).waitFor();
  assert.equal(await page.getByLabel("Use of the field text").inputValue(), "text");
  assert.equal(await page.getByLabel("Use of the field title").inputValue(), "text");
  assert.equal(await page.getByLabel("Use of the field id", { exact: true }).inputValue(), "id");
  assert.equal(await page.getByLabel("Use of the field status").inputValue(), "metadata");
  await page.getByLabel("Use of the field version").selectOption("ignore");
  await accessible(page, "the wizard");
  await page.getByLabel("Collection").fill("from-csv");
  await page.getByText("“from-csv” will be made").waitFor();
  await page.getByRole("button", { name: "Import", exact: true }).click();

  await page.waitForURL(/#\/jobs\/./);
  await settled(page);
  const job = page.url();
  await page.getByRole("link", { name: "Overview" }).click(); // leave, and come back
  await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
  await page.goto(job);
  await page.getByText(`${COUNT} documents, all searchable`).waitFor();
  assert.equal(await page.getByRole("progressbar").getAttribute("aria-valuenow"), "100");
  await accessible(page, "the job");

  await page.getByRole("link", { name: "Search it" }).click();
  await page.getByLabel("Text", { exact: true }).last().fill(rows[0].text);
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await page.locator(".hit").first().waitFor();
  assert.match(await page.locator(".hit").first().innerText(), new RegExp(`${rows[0].id}[^]*status\\s+${rows[0].status}`));
  assert.doesNotMatch(await page.locator(".hit").first().innerText(), /version/);
  assert.match(await page.locator(".results").innerText(), /embedding/);
  await accessible(page, "the results");
  await page.getByRole("link", { name: "Jobs" }).click();
  await page.getByRole("link", { name: "sample.csv" }).waitFor();
  await accessible(page, "the list of jobs");
  await page.getByRole("link", { name: "from-csv" }).click();
  await page.getByRole("heading", { name: "Commits" }).waitFor();
  await accessible(page, "the collection");
  await page.setViewportSize({ width: 360, height: 700 });
  await fits(page, "the collection");
  await close();
});

test("an import is undone from its job", async () => {
  const { page, go, close } = await watched();
  await go("#/jobs");
  await page.getByRole("link", { name: "sample.csv" }).click();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Undo" }).click();
  await page.getByRole("heading", { name: "Undo of a commit" }).waitFor();
  await page.locator(".progress-percent", { hasText: "100 %" }).waitFor();
  await page.getByRole("link", { name: "from-csv" }).click();
  await page.locator(".tile", { hasText: "Records" }).getByText("0", { exact: true }).waitFor();
  await page.getByRole("cell", { name: "revert", exact: true }).waitFor();
  await close();
});

test("an import is cancelled in the middle, and what was loaded stays", async () => {
  const { page, go, close } = await watched();
  await go("#/upload");
  await page.setInputFiles("#file", { name: "peps.jsonl.gz", mimeType: "application/gzip", buffer: readFileSync(samplePath) });
  await page.getByLabel("Collection").fill("cancelled");
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.waitForURL(/#\/jobs\/./);
  await page.getByText("processing", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await page.getByRole("button", { name: "Cancel the job" }).click();
  await page.getByText(/Cancelled after/).waitFor();
  assert.notEqual(await page.getByRole("progressbar").getAttribute("aria-valuenow"), "100");
  await page.getByRole("link", { name: "Jobs" }).click();
  await page.getByLabel("State").selectOption("cancelled");
  await page.getByRole("link", { name: "peps.jsonl.gz" }).waitFor();
  await close();
});

test("the whole sample as JSONL with its vectors, left in the middle of being sent, and followed to its end", async () => {
  const { page, go, close } = await watched();
  await go("#/upload");
  await page.setInputFiles("#file", upload("vectors.jsonl", jsonl(embedded(ALL))));
  await page.getByText("in its beginning").waitFor();
  await becomes(page, "embedding", "vector");
  const line = await page.context().newCDPSession(page);
  const sends = (bytesPerSecond) => line.send("Network.emulateNetworkConditions", { offline: false, latency: 0,
    downloadThroughput: -1, uploadThroughput: bytesPerSecond });
  await sends(1_000_000);
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.getByText(/^Sending: .* of .*, .*\/s, .* left$/).waitFor();
  await page.getByRole("link", { name: "Overview" }).click();
  await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
  await page.getByRole("link", { name: "Upload", exact: true }).click();
  await page.getByText(/^Sending: .* of .*, .*\/s, .* left$/).waitFor();
  await accessible(page, "an upload under way");
  await sends(-1);
  await page.waitForURL(/#\/jobs\/./, { timeout: PATIENCE_ALL });
  const job = page.url();
  await page.goto("about:blank"); // the tab is gone; the job is the server's
  await page.goto(job);
  await settled(page);
  await page.getByText("4,501 documents, all searchable").waitFor({ timeout: PATIENCE_ALL });
  assert.equal(await distanceOf("vectors"), "cosine");
  const [wanted] = embedded(4000).slice(-1);
  assert.match(await searchByVector(page, wanted.embedding), new RegExp(wanted.id));
  await close();
});

test("an upload that is cancelled while it is sent leaves nothing behind", async () => {
  const { page, go, close } = await watched();
  await go("#/upload");
  await page.setInputFiles("#file", upload("unwanted.jsonl", jsonl(embedded(1000))));
  const line = await page.context().newCDPSession(page);
  await line.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 200_000 });
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.getByText(/^Sending: /).waitFor();
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await page.getByRole("heading", { name: "1. File" }).waitFor();
  await page.getByText("The upload was cancelled").waitFor();
  const { jobs } = await call("GET", "api/etl/jobs?limit=100");
  assert.ok(jobs.every((one) => one.file_name !== "unwanted.jsonl"));
  await close();
});

test("the whole sample as Parquet with its vectors", async () => {
  const { page, go, close } = await watched();
  const rows = embedded(ALL);
  await go("#/upload");
  await drop(page, upload("peps.parquet", parquet(rows)));
  await page.getByRole("heading", { name: "2. Fields" }).waitFor();
  await becomes(page, "embedding", "vector");
  await send(page);
  await page.getByText("4,501 documents, all searchable").waitFor({ timeout: PATIENCE_ALL });
  assert.match(await searchByVector(page, rows[2345].embedding), new RegExp(rows[2345].id));
  await close();
});

test("Parquet that another program wrote, with fields of every type", async () => {
  const { page, go, close } = await watched();
  await go("#/upload");
  const path = `${process.env.FOREBAY_ROOT}/etl/src/test/resources/io/forebay/etl/format/snappy.parquet`;
  await page.setInputFiles("#file", upload("pyarrow.parquet", readFileSync(path)));
  await page.getByRole("heading", { name: "2. Fields" }).waitFor();
  await fits(page, "many fields");
  await becomes(page, "embedding", "vector"); // of which every tenth is empty: the vector that is whole is “fixed”
  await page.getByLabel("Use of the field fixed", { exact: true }).selectOption("vector");
  await becomes(page, "embedding", "metadata");
  for (const field of ["embedding", "doubles"]) await page.getByLabel(`Use of the field ${field}`, { exact: true }).selectOption("ignore");
  await page.getByLabel("Distance").selectOption("l2");
  await send(page);
  await searchable(page, 120);
  const vector = Array.from({ length: 8 }, (_, i) => 17 + i / 8);
  assert.match(await searchByVector(page, vector), /doc-17\b/);
  await close();
});

test("much of the sample as XLSX, embedded by the local model, left and looked at again", async () => {
  const { page, go, close } = await watched();
  const all = documents(1000);
  await go("#/upload");
  await page.setInputFiles("#file", upload("peps.xlsx", await xlsx(all)));
  await page.getByRole("heading", { name: "2. Fields" }).waitFor();
  await page.getByLabel("Collection").fill("peps-xlsx");
  const job = await send(page);
  await page.getByText(/^[\d,]+ documents, .* left$/).waitFor();
  await page.reload();
  await settled(page);
  await page.getByRole("link", { name: "Jobs" }).click();
  await page.getByRole("row", { name: /peps\.xlsx/ }).getByText("processing").waitFor();
  await go(`#/jobs/${job}`);
  await page.getByText("1,000 documents, all searchable").waitFor({ timeout: PATIENCE_ALL });
  assert.match(await searchByText(page, all[876].text), new RegExp(all[876].id));
  await close();
});
