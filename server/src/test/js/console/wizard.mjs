// The steps of the upload wizard, as a reader takes them.
import assert from "node:assert/strict";
import { call, settled } from "./support.mjs";

const HOME = "api/v2/tenants/default_tenant/databases/default_database/collections";

/** Drops a file on the page, as from the reader's desktop. */
export async function drop(page, file) {
  const data = await page.evaluateHandle(({ name, type, text }) => {
    const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], name, { type }));
    return transfer;
  }, { name: file.name, type: file.mimeType, text: file.buffer.toString("base64") });
  const zone = page.locator(".drop");
  await zone.dispatchEvent("dragenter", { dataTransfer: data });
  assert.match(await zone.getAttribute("class"), /over/);
  await zone.dispatchEvent("drop", { dataTransfer: data });
  assert.doesNotMatch(await zone.getAttribute("class"), /over/);
}

/** What a field of the file becomes. */
export async function becomes(page, field, role) {
  assert.equal(await page.getByLabel(`Use of the field ${field}`, { exact: true }).inputValue(), role, field);
}

/** Sends it, and waits for the view of its job; the id of the job. */
export async function send(page) {
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.waitForURL(/#\/jobs\/./);
  await settled(page);
  return page.url().split("/").at(-1);
}

export async function searchable(page, count) {
  await page.getByText(`${count.toLocaleString("en-US")} ${count === 1 ? "document" : "documents"}, all searchable`).waitFor();
  assert.equal(await page.getByRole("progressbar").getAttribute("aria-valuenow"), "100");
}

export function distanceOf(collection) {
  return call("GET", `${HOME}/${collection}`).then((told) => told.configuration_json.hnsw.space);
}

/** Goes from the job to the query, and searches by a vector. */
export async function searchByVector(page, vector) {
  await page.getByRole("link", { name: "Search it" }).click();
  await page.getByText("Vector", { exact: true }).first().click();
  await page.getByLabel("Vector", { exact: true }).last().fill(JSON.stringify(vector));
  return search(page);
}

export async function searchByText(page, text) {
  await page.getByRole("link", { name: "Search it" }).click();
  await page.getByText("Text", { exact: true }).first().click();
  await page.getByLabel("Text", { exact: true }).last().fill(text);
  return search(page);
}

async function search(page) {
  await page.getByRole("button", { name: "Search", exact: true }).click();
  const first = page.locator(".results:not([aria-busy]) .hit").first();
  await first.waitFor();
  return first.innerText();
}
