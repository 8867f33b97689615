// A server that asks for tokens.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, base, collection, settled, watched } from "./support.mjs";

const { FOREBAY_ADMIN: admin, FOREBAY_READER: reader } = process.env;
const id = await collection("guarded", 5, admin);

test("the console asks for a token, keeps it in the tab, and forgets it when told", async () => {
  const { page, go, close } = await watched({ refused: /status of 401/ });
  await page.goto(`${base}/console/#/collections/${id}`);
  const token = page.getByLabel("Token", { exact: true });
  await token.fill("wrong");
  await accessible(page, "the question for a token");
  await page.getByRole("button", { name: "Use it" }).click();
  await page.getByText("The token was not accepted").waitFor();
  await token.fill(admin);
  await page.getByRole("button", { name: "Use it" }).click();
  await page.getByRole("heading", { name: "guarded", level: 1 }).waitFor();
  await page.reload();
  await settled(page);
  await page.getByRole("heading", { name: "guarded", level: 1 }).waitFor();
  assert.equal(await page.evaluate(() => localStorage.length), 0); // in the session only

  await page.getByRole("button", { name: "Token: admin" }).click();
  await page.getByRole("button", { name: "Forget it" }).click();
  await token.waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByText("The server asks for a token").waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  await close();
});

test("a role that does not suffice is told plainly, and nothing happens", async () => {
  const { page, close } = await watched({ refused: /status of 40[13]/ });
  await page.goto(`${base}/console/#/collections/${id}`);
  await page.getByLabel("Token", { exact: true }).fill(reader);
  await page.getByRole("button", { name: "Use it" }).click();
  await page.getByRole("heading", { name: "guarded", level: 1 }).waitFor();
  await page.getByRole("button", { name: "Drop" }).click();
  await page.getByLabel(/Type the name/).fill("guarded");
  await page.getByRole("button", { name: "Drop it" }).click();
  await page.getByRole("dialog").getByText("Your token has the role “read”").waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("link", { name: "Overview" }).click();
  await page.getByText("it takes a token without limits").waitFor();
  await page.getByRole("link", { name: "Collections" }).first().click();
  await page.getByRole("link", { name: "guarded" }).waitFor();
  await page.getByRole("link", { name: "Jobs" }).click();
  await page.getByRole("heading", { name: "No file was imported yet" }).waitFor();
  await page.getByRole("link", { name: "Upload", exact: true }).click();
  await page.setInputFiles("#file", { name: "a.csv", mimeType: "text/csv", buffer: Buffer.from("id,text\n1,one") });
  await page.locator(".note.bad", { hasText: "Your token has the role “read”" }).waitFor(); // before anything large is sent
  assert.equal(await page.getByRole("button", { name: "Import", exact: true }).count(), 0);
  await close();
});
