// Views, search, keyboard, themes: what needs one running server.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, base, call, collection, fits, settled, watched } from "./support.mjs";

const WEIGHT_MAX = 250_000;
const id = await collection("looked-at", 40);
const damaged = process.env.FOREBAY_DAMAGED;
const VIEWS = ["#/overview", "#/collections", `#/collections/${id}`, `#/collections/${damaged}`, "#/upload", "#/jobs", `#/query?collection=${id}`, "#/log"];

test("all files together weigh less than 250 kB, and the page is usable soon", async () => {
  const { page, loaded, go, close } = await watched();
  await go("#/overview");
  const usable = await page.evaluate(() => performance.getEntriesByName("interactive")[0].startTime);
  await page.locator(".uplot").first().waitFor();
  for (const view of VIEWS.slice(1)) {
    await page.evaluate((hash) => { location.hash = hash; }, view);
    await page.locator(`nav a[aria-current][data-view="${view.match(/\w+/)[0]}"]`).waitFor();
    await settled(page);
  }
  const sizes = await Promise.all(loaded.map(async (response) => [new URL(response.url()).pathname, (await response.body()).length,
    (await response.request().sizes()).responseBodySize]));
  const plain = sizes.reduce((sum, [, size]) => sum + size, 0);
  const sent = sizes.reduce((sum, [, , size]) => sum + size, 0);
  console.log(`# ${sizes.length} files, ${plain} bytes, ${sent} sent; usable after ${usable.toFixed(0)} ms`);
  assert.ok(plain < WEIGHT_MAX, JSON.stringify(sizes));
  await close();
});

for (const theme of ["light", "dark"]) {
  for (const width of [1280, 360]) {
    test(`every view is accessible, ${theme}, ${width} pixels wide`, async () => {
      const { page, go, close } = await watched({ theme, width });
      for (const view of VIEWS) {
        await go(view);
        await accessible(page, view);
        await fits(page, view);
      }
      await close();
    });
  }
}

test("the root leads browsers to the console", async () => {
  const { page, close } = await watched();
  await page.goto(base);
  await settled(page);
  assert.equal(new URL(page.url()).pathname, "/console/");
  await close();
});

test("the theme follows the system until one is chosen, and the choice stays", async () => {
  const { page, go, close } = await watched({ theme: "dark" });
  await go("#/jobs");
  const back = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await back();
  const button = page.getByRole("button", { name: "Theme" });
  await button.click(); // light
  const light = await back();
  assert.notEqual(light, dark);
  await page.reload();
  await settled(page);
  assert.equal(await back(), light);
  await button.click(); // dark
  assert.equal(await back(), dark);
  await page.emulateMedia({ colorScheme: "light" });
  assert.equal(await back(), dark);
  await button.click(); // as the system
  assert.equal(await back(), light);
  await close();
});

test("a vector, the likeness to a record, and filters find what they should", async () => {
  const { page, go, close } = await watched();
  await go(`#/query?collection=${id}`);
  await page.getByText("Vector", { exact: true }).first().click();
  await page.getByLabel("Vector", { exact: true }).last().fill("[7.2, 1, 0]");
  await page.getByLabel("Results").fill("2");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  const hits = page.locator(".hit");
  await page.locator(".hit code", { hasText: /^r7$/ }).waitFor();
  assert.equal(await hits.count(), 2);
  assert.match(await hits.first().innerText(), /record number 7/);
  assert.ok(await page.locator(".stages .piece").count() > 1, "the stages");
  assert.match(await page.locator(".results").innerText(), /search/);

  await page.getByText("Filters").click();
  await page.getByLabel("Metadata (where)").fill('{"page": {"$gt": 30}}');
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await page.locator(".hit code", { hasText: /^r31$/ }).waitFor();
  assert.match(await page.locator(".results").innerText(), /Plan: filter=/);

  await page.getByLabel("Metadata (where)").fill('{"page": ');
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await page.getByText("The metadata filter is no JSON").waitFor();

  await page.getByLabel("Metadata (where)").fill("");
  await page.getByRole("button", { name: /More like this ?: r31/ }).click();
  await page.locator(".hit", { hasText: "r31" }).getByText("0.0000").waitFor(); // itself, then its neighbour
  assert.equal(await page.getByLabel("Id", { exact: true }).inputValue(), "r31");
  await close();
});

test("a collection is made, filled before the reader's eyes, and dropped only by typing its name", async () => {
  const { page, go, close } = await watched({ refused: /status of 404/ });
  await go("#/collections");
  await page.getByRole("button", { name: "Create a collection" }).click();
  await page.getByLabel("Name", { exact: true }).fill("made-here");
  await accessible(page, "the dialog");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.getByRole("heading", { name: "made-here", level: 1 }).waitFor();
  const own = page.url().split("/").at(-1);
  await call("POST", `api/v2/tenants/default_tenant/databases/default_database/collections/${own}/add`,
      { ids: ["a", "b"], embeddings: [[1, 0], [0, 1]] });
  await page.locator(".tile", { hasText: "Records" }).getByText("2", { exact: true }).waitFor();
  await page.getByText("linked 2").or(page.getByLabel(/linked 2/)).first().waitFor();

  await page.getByRole("button", { name: "Drop" }).click();
  const confirm = page.getByRole("button", { name: "Drop it" });
  assert.ok(await confirm.isDisabled());
  await page.getByLabel(/Type the name/).fill("made-her");
  assert.ok(await confirm.isDisabled());
  await page.getByLabel(/Type the name/).fill("made-here");
  await confirm.click();
  await page.getByRole("heading", { name: "Collections", level: 1 }).waitFor();
  await page.getByLabel("Search").fill("made-here");
  await page.getByText("No collection has such a name").waitFor();
  assert.equal((await fetch(`${base}/api/forebay/lag?collection=${own}`)).status, 404);
  await go(`#/collections/${own}`);
  await page.getByText("There is no such collection").waitFor();
  await close();
});

test("what was written as markup is shown as text, and nothing of it runs", async () => {
  const nasty = '<img src=x onerror="document.title=1"><script>document.title = 2</script>';
  const own = await collection("markup", 0);
  await call("POST", `api/v2/tenants/default_tenant/databases/default_database/collections/${own}/add`, { ids: [nasty],
    embeddings: [[1, 0, 0]], documents: [nasty + " \u202Eshown backwards"], metadatas: [{ [nasty]: nasty, long: "x".repeat(700), none: "" }] });
  const { page, go, close } = await watched({ width: 360 });
  await go(`#/query?collection=${own}`);
  await page.getByText("Like a record").first().click();
  await page.getByLabel("Id", { exact: true }).fill(nasty);
  await page.getByRole("button", { name: "Search", exact: true }).click();
  const hit = page.locator(".hit");
  await hit.waitFor();
  assert.equal((await hit.innerText()).split("<script>").length - 1, 5); // id, again for the button, document, name and value
  assert.equal(await page.locator("main img, main script").count(), 0);
  await fits(page, "a hit of long words");
  await accessible(page, "a hit of markup");
  assert.match(await page.title(), /^Query/);
  await close();
});

test("what was set aside is told, written again, and given up only when that is confirmed", async () => {
  const { page, go, close } = await watched();
  await go("#/overview");
  await page.getByText("Needs attention").waitFor();
  await page.locator(".health").getByText(/set aside/).waitFor();
  await go(`#/collections/${damaged}`);
  const letters = page.getByRole("group", { name: "Dead letters" });
  await letters.getByText("bad-0, bad-1").waitFor();
  await letters.getByRole("row", { name: /bad-0/ }).getByRole("button", { name: "Retry" }).click();
  await page.getByText("It is written again.").waitFor();
  await letters.getByText("bad-0, bad-1").waitFor(); // and set aside again, for it is what it was
  await page.getByRole("button", { name: "Discard all" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await letters.getByText("worse-0").waitFor();
  await page.getByRole("button", { name: "Discard all" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Discard" }).click();
  await letters.waitFor({ state: "detached" });
  await go("#/overview");
  await page.getByText("Everything is well").waitFor();
  await close();
});

test("everything can be reached and left by keyboard", async () => {
  const { page, go, close } = await watched();
  await go("#/overview");
  const focused = () => page.evaluate(() => document.activeElement.textContent.trim());
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "Skip to the content");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  await page.reload();
  await settled(page);
  for (const name of ["Skip to the content", "Forebay", "Overview", "Collections"]) {
    await page.keyboard.press("Tab");
    assert.equal(await focused(), name);
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    assert.equal(outline, "solid", `${name} shows that it has the focus`);
  }
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Collections", level: 1 }).waitFor();
  await tabTo(page, "looked-at");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "looked-at", level: 1 }).waitFor();
  await tabTo(page, "Drop");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.equal(await focused(), "Drop"); // where the reader was
  await tabTo(page, "Skip to the content"); // round once more: nothing holds the focus
  await close();
});

async function tabTo(page, name) {
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(() => document.activeElement.textContent.trim()) === name) return;
  }
  assert.fail(`${name} cannot be reached by Tab`);
}

test("a tab has two streams at most, and none while nobody sees it", async () => {
  const { page, streams, go, close } = await watched();
  for (const view of VIEWS) {
    await go(view);
    assert.ok(streams.size <= 2, `${view}: ${streams.size}`);
  }
  await go("#/collections");
  await until(() => streams.size === 1);
  await seen(page, false);
  await until(() => streams.size === 0);
  await seen(page, true);
  await until(() => streams.size === 1);
  await page.evaluate(() => { location.hash = "#/upload"; });
  await until(() => streams.size === 0);
  await close();

  async function until(holds) {
    for (let i = 0; i < 500 && !holds(); i++) await page.evaluate(() => new Promise(requestAnimationFrame));
    assert.ok(holds(), `${streams.size} streams`);
  }
});

/** As if the reader looked at another tab, or came back. */
function seen(page, isSeen) {
  return page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange"));
  }, !isSeen);
}
