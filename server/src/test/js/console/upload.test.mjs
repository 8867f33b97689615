// From a file to what a search finds, by the local model, with the real sample.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { accessible, base, csv, documents, fits, samplePath, settled, watched } from "./support.mjs";

const COUNT = 200;
const rows = documents(COUNT);
const upload = (name, text) => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });

test("a CSV of the real sample becomes a collection in which a text finds what it should", async () => {
  const { page, go, close } = await watched();
  await go("#/upload");
  await page.setInputFiles("#file", upload("peps.csv", csv(rows)));
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
  await page.getByRole("link", { name: "peps.csv" }).waitFor();
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
  await page.getByRole("link", { name: "peps.csv" }).click();
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

test("what fails is told, and the errors are given as a file", async () => {
  const { page, go, close } = await watched();
  await go("#/upload");
  const lines = ['{"id":"a","text":"one"}', "{ no JSON", '{"id":"b","text":"two"}'].join("\n");
  await page.setInputFiles("#file", upload("broken.jsonl", lines));
  await page.getByText("Not everything could be read").waitFor();
  await page.getByLabel("Collection").fill("broken");
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.getByText("3 documents, all searchable").waitFor();
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download the errors" }).click();
  const file = readFileSync(await (await waiting).path(), "utf8");
  assert.equal(JSON.parse(file.trim()).line, 2);
  await close();
});

test("a file that is none of the formats is refused before anything is sent", async () => {
  const { page, go, close } = await watched();
  await go("#/upload");
  await page.setInputFiles("#file", upload("notes.docx", "x"));
  await page.getByText("notes.docx is of no format that is known").waitFor();
  assert.equal(await page.getByRole("button", { name: "Import", exact: true }).count(), 0);
  const answer = await fetch(`${base}/console/views/notes.docx`);
  assert.equal(answer.status, 404);
  await close();
});
