// Pictures for the documentation, of a server that is busy with the real sample.
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { test } from "node:test";
import { csv } from "./files.mjs";
import { call, collection, documents, settled, watched } from "./support.mjs";

const FOLDER = process.env.FOREBAY_IMAGES;
const BYTES_MAX = 150_000;
const SIZE = { width: 1180, height: 760 };
const HOME = "api/v2/tenants/default_tenant/databases/default_database/collections";
const rows = documents(400);

async function picture(page, name) {
  await page.mouse.move(0, 0);
  await page.screenshot({ path: `${FOLDER}/console-${name}.png` });
  assert.ok(statSync(`${FOLDER}/console-${name}.png`).size < BYTES_MAX, name);
}

function vector(dimension) {
  return Array.from({ length: dimension }, () => Math.random() - 0.5);
}

/** Writes and asks until it is stopped. */
function load(id) {
  let isOn = true;
  let next = 0;
  const write = async () => {
    for (let i = 0; isOn; i++) {
      const size = 60 + Math.round(50 * Math.sin(i / 9));
      await call("POST", `${HOME}/${id}/upsert`, { ids: Array.from({ length: size }, () => `v${next++}`),
        embeddings: Array.from({ length: size }, () => vector(384)) });
      if (i % 3 === 0) await call("POST", `${HOME}/${id}/query`, { query_embeddings: [vector(384)], n_results: 5 });
    }
  };
  const done = Promise.all([write(), write()]);
  return async () => {
    isOn = false;
    await done;
  };
}

test("pictures are taken", async () => {
  const busy = await collection("passages", 0);
  const light = await watched(SIZE);
  await light.go("#/upload");
  await light.page.setInputFiles("#file", { name: "peps.csv", mimeType: "text/csv", buffer: Buffer.from(csv(rows)) });
  await light.page.getByRole("heading", { name: "2. Fields" }).waitFor();
  await light.page.getByLabel("Collection").fill("peps");
  await light.page.getByText("“peps” will be made").waitFor();
  await light.page.getByRole("heading", { name: "2. Fields" }).evaluate((one) => one.scrollIntoView());
  await light.page.mouse.wheel(0, -20);
  await picture(light.page, "upload");
  await light.page.getByRole("button", { name: "Import", exact: true }).click();
  await light.page.getByText(`${rows.length} documents, all searchable`).waitFor();
  await picture(light.page, "job");

  await light.page.getByRole("link", { name: "Search it" }).click();
  await light.page.getByLabel("Text", { exact: true }).last().fill("who decides whether a proposal is accepted?");
  await light.page.getByText("Filters").click();
  await light.page.getByLabel("Metadata (where)").fill('{"type": "Process"}');
  await light.page.getByText("Filters").click();
  for (let i = 0; i < 3; i++) { // the first ones are compiled while they run
    await light.page.getByRole("button", { name: "Search", exact: true }).click();
    await light.page.locator(".results:not([aria-busy]) .hit").first().waitFor();
  }
  await picture(light.page, "query");

  const stop = load(busy);
  const dark = await watched({ ...SIZE, theme: "dark" });
  await dark.go(`#/collections/${busy}`);
  await light.page.getByRole("link", { name: "Overview" }).click();
  await settled(light.page);
  await light.page.waitForTimeout(45_000); // of load, to be seen in the plots
  await picture(dark.page, "collection-dark");
  await picture(light.page, "overview");
  await light.page.setViewportSize({ width: 360, height: 760 });
  await picture(light.page, "narrow");
  await stop();
  await light.close();
  await dark.close();
});
