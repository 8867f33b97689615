// A server that restarts under an import: while its file is sent, and while it is worked on.
import assert from "node:assert/strict";
import { test } from "node:test";
import { csv, embedded, jsonl, upload } from "./files.mjs";
import { documents, watched } from "./support.mjs";
import { searchable, searchByText, send } from "./wizard.mjs";

const control = (what) => fetch(`${process.env.FOREBAY_CONTROL}/${what}`, { method: "POST" }).then((answer) => assert.ok(answer.ok));
const refused = /Failed to load resource: net::ERR_/;
const COUNT = 600;

test("an import goes on after a restart of the server, before the reader's eyes", async () => {
  const { page, go, close } = await watched({ refused });
  const rows = documents(COUNT);
  await go("#/upload");
  await page.setInputFiles("#file", upload("restarted.csv", csv(rows)));
  await page.getByRole("heading", { name: "2. Fields" }).waitFor();
  await send(page);
  await page.locator(".progress-head").getByText(/left$/).waitFor(); // some of it is loaded
  await control("stop");
  const banner = page.locator("#banner", { hasText: "The server cannot be reached." });
  await banner.waitFor();
  await control("start");
  await banner.waitFor({ state: "hidden" });
  await searchable(page, COUNT);
  assert.match(await searchByText(page, rows[COUNT - 1].text), new RegExp(rows[COUNT - 1].id));
  await close();
});

test("a file that was being sent when the server went away is sent again on request", async () => {
  const { page, go, close } = await watched({ refused });
  await go("#/upload");
  await page.setInputFiles("#file", upload("twice.jsonl", jsonl(embedded(800))));
  const line = await page.context().newCDPSession(page);
  const sends = (bytesPerSecond) => line.send("Network.emulateNetworkConditions", { offline: false, latency: 0,
    downloadThroughput: -1, uploadThroughput: bytesPerSecond });
  await sends(300_000);
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.getByText(/^Sending: /).waitFor();
  await control("stop");
  await page.getByText("The connection broke while the file was sent").waitFor();
  await control("start");
  await sends(-1);
  await page.locator("#banner").waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "Send it again" }).click();
  await page.waitForURL(/#\/jobs\/./);
  await searchable(page, 800);
  await close();
});
