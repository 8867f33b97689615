// A server that goes away and comes back at the same port; the Java test does that when it is asked to.
import assert from "node:assert/strict";
import { test } from "node:test";
import { call, collection, settled, watched } from "./support.mjs";

const control = (what) => fetch(`${process.env.FOREBAY_CONTROL}/${what}`, { method: "POST" }).then((answer) => assert.ok(answer.ok));

test("a server that goes away is told, and everything goes on when it is back", async () => {
  const id = await collection("stays", 3);
  const { page, go, close } = await watched({ refused: /Failed to load resource: net::ERR_/ });
  await go(`#/collections/${id}`);
  await page.locator(".tile", { hasText: "Records" }).getByText("3", { exact: true }).waitFor();
  await control("stop");
  const banner = page.locator("#banner", { hasText: "The server cannot be reached." });
  await banner.waitFor();
  await page.getByRole("link", { name: "Jobs" }).click(); // a view that cannot be made now
  await page.getByRole("button", { name: "Try again" }).waitFor();
  await page.goBack();
  await control("start");
  await banner.waitFor({ state: "hidden" });
  await settled(page);
  await page.getByRole("heading", { name: "stays", level: 1 }).waitFor();
  await call("POST", `api/v2/tenants/default_tenant/databases/default_database/collections/${id}/add`,
      { ids: ["later"], embeddings: [[9, 9, 9]] });
  await page.locator(".tile", { hasText: "Records" }).getByText("4", { exact: true }).waitFor(); // by the stream
  await close();
});
