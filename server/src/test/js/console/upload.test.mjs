// A file of each format from its choice to what a search finds, a few documents each; the whole sample is in upload-long.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { csv, embedded, jsonl, parquet, upload, xlsx } from "./files.mjs";
import { accessible, base, fits, watched } from "./support.mjs";
import { becomes, distanceOf, drop, searchable, searchByText, searchByVector, send } from "./wizard.mjs";

const rows = embedded(60);
const texts = rows.slice(0, 12).map(({ embedding, ...rest }) => rest);

test("JSONL that is dropped on the page, with its vectors, becomes a collection of the chosen distance", async () => {
  const { page, go, close } = await watched();
  await go("#/upload");
  await drop(page, upload("dropped.jsonl", jsonl(rows)));
  await page.getByRole("heading", { name: "2. Fields" }).waitFor();
  for (const [field, role] of [["embedding", "vector"], ["text", "text"], ["title", "text"], ["id", "id"], ["pep", "metadata"]]) {
    await becomes(page, field, role);
  }
  assert.equal(await page.getByLabel("Embeddings by").inputValue(), "none");
  await page.getByText("First rows").first().click();
  await page.getByRole("cell", { name: rows[0].id }).last().waitFor();
  assert.equal(await page.getByLabel("Collection").inputValue(), "dropped"); // as the file is called
  await page.getByText("“dropped” will be made").waitFor();
  await page.getByLabel("Distance").selectOption("ip");
  await accessible(page, "the wizard");
  await page.setViewportSize({ width: 360, height: 700 });
  await fits(page, "the wizard");
  await page.setViewportSize({ width: 1280, height: 860 });
  const job = await send(page);
  await page.getByRole("link", { name: "Overview" }).click(); // leave, and come back
  await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
  await go(`#/jobs/${job}`);
  await searchable(page, rows.length);
  assert.equal(await distanceOf("dropped"), "ip");
  assert.match(await searchByVector(page, rows[7].embedding), new RegExp(`${rows[7].id}[^]*pep\\s+${rows[7].pep}`));
  await close();
});

test("Parquet with its vectors becomes a collection", async () => {
  const { page, go, close } = await watched();
  await go("#/upload");
  await page.setInputFiles("#file", upload("columns.parquet", parquet(rows)));
  await page.getByRole("heading", { name: "2. Fields" }).waitFor();
  await becomes(page, "embedding", "vector");
  await becomes(page, "status", "metadata");
  await page.getByLabel("Use of the field version", { exact: true }).selectOption("ignore");
  await page.getByLabel("Distance").selectOption("l2");
  await send(page);
  await searchable(page, rows.length);
  assert.equal(await distanceOf("columns"), "l2");
  const first = await searchByVector(page, rows[30].embedding);
  assert.match(first, new RegExp(`${rows[30].id}[^]*status\\s+${rows[30].status}`));
  assert.doesNotMatch(first, /version/);
  await close();
});

test("XLSX becomes a collection in which a text finds what it should; more goes into it, with its own distance", async () => {
  const { page, go, close } = await watched();
  await go("#/upload");
  await page.setInputFiles("#file", upload("Übersicht 2026.xlsx", await xlsx(texts)));
  await page.getByRole("heading", { name: "2. Fields" }).waitFor();
  await becomes(page, "text", "text");
  assert.equal(await page.getByLabel("Collection").inputValue(), "U-bersicht-2026");
  await page.getByLabel("Collection").fill("from xlsx");
  await page.getByText("A name has 3 to 512").waitFor();
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.locator(".note.bad", { hasText: "A name has 3 to 512" }).waitFor(); // and nothing is sent
  await page.getByLabel("Collection").fill("from-xlsx");
  await send(page);
  await searchable(page, texts.length);
  for (const fact of ["Took", "Commit"]) await page.locator("dt").getByText(fact, { exact: true }).waitFor(); // known at its end
  assert.equal(await distanceOf("from-xlsx"), "cosine");
  assert.match(await searchByText(page, texts[3].text), new RegExp(texts[3].id));

  await page.getByRole("link", { name: "Upload", exact: true }).click();
  await page.setInputFiles("#file", upload("more.csv", Buffer.from(csv([{ id: "more", text: "Größe" }]), "latin1")));
  await page.getByText("Letters look wrong?").click();
  await page.getByLabel("Character set of the file").selectOption("ISO-8859-1");
  await page.getByRole("cell", { name: "Größe" }).first().waitFor();
  await page.getByLabel("Use of the field id", { exact: true }).selectOption("metadata");
  await page.getByLabel("Character set of the file").selectOption("windows-1251");
  await page.getByRole("cell", { name: "GrцЯe" }).first().waitFor();
  await becomes(page, "id", "metadata"); // as the reader chose
  await page.getByLabel("Character set of the file").selectOption("ISO-8859-1");
  await page.getByRole("cell", { name: "Größe" }).first().waitFor();
  await page.getByLabel("Use of the field id", { exact: true }).selectOption("id");
  await page.getByText("More: message").click();
  await page.getByLabel("Database", { exact: true }).fill("elsewhere");
  await page.getByLabel("Collection").fill("from-xlsx");
  await page.getByText("“from-xlsx” will be made").waitFor(); // that in the default database is another one
  await page.getByLabel("Database", { exact: true }).fill("default_database");
  await page.getByText(`Goes into from-xlsx, which has ${texts.length} records of 384 dimensions.`).waitFor();
  assert.ok(await page.getByLabel("Distance").isHidden());
  await send(page);
  await searchable(page, 1);
  assert.match(await searchByText(page, "Größe"), /more[^]*Größe/);
  await close();
});

test("what fails is told and given as a file; the rest is undone from its job", async () => {
  const { page, go, close } = await watched();
  await go("#/upload");
  const lines = jsonl(rows.slice(0, 3)).split("\n");
  await page.setInputFiles("#file", upload("broken.jsonl", [lines[0], "{ no JSON", lines[1], lines[2]].join("\n")));
  await page.getByText("Not everything could be read").waitFor();
  await send(page);
  await page.getByText("3 documents searchable, 1 failed").waitFor();
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download the errors" }).click();
  const download = await waiting;
  assert.equal(download.suggestedFilename(), "broken.jsonl.errors.jsonl");
  const errors = readFileSync(await download.path(), "utf8").trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(errors.map((one) => one.line), [2]);
  assert.match(errors[0].reason, /JSON/);

  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Undo" }).click();
  await page.getByRole("heading", { name: "Undo of a commit" }).waitFor();
  await page.locator(".progress-percent", { hasText: "100 %" }).waitFor();
  await page.getByRole("link", { name: "broken" }).click();
  await page.locator(".tile", { hasText: "Records" }).getByText("0", { exact: true }).waitFor();
  await page.getByRole("cell", { name: "revert", exact: true }).waitFor();
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
