// npm's chromadb against a server that refuses writes for a while.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as chroma from "chromadb";
import { client } from "./support.mjs";

const base = `${process.env.FOREBAY_URL}/api/v2/tenants/default_tenant/databases/default_database/collections`;
// What a 429 named Backoff becomes: the client has a class of its own for it since the version after 3.5.0.
const Backoff = chroma.ChromaBackoffError ?? chroma.ChromaRateLimitError;

function batch(first) {
  const at = [...Array(500).keys()].map((i) => first + i);
  return {
    ids: at.map((i) => `id-${i}`),
    embeddings: at.map((i) => [...Array(256).keys()].map((d) => Math.sin(i * 31 + d * 7))),
  };
}

test("writes beyond the lag's bound are refused cleanly, and taken again later", async () => {
  const c = await client.createCollection({
    name: "js-pressure", embeddingFunction: null, metadata: { "forebay:lag_policy": "reject", "forebay:lag_records_max": 1 },
  });
  let taken = 0;
  let refusal;
  while (!refusal) {
    await c.add(batch(taken)).then(() => (taken += 500), (e) => (refusal = e));
  }
  assert.ok(refusal instanceof Backoff, refusal.stack);
  assert.ok(taken > 0);

  // What the answer says, and what the client builds its error from.
  let answer;
  for (;;) {
    answer = await fetch(`${base}/${c.id}/add`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(batch(taken)),
    });
    if (answer.status === 429) break;
    assert.equal(answer.status, 201);
    taken += 500;
  }
  const body = await answer.json();
  assert.equal(body.error, "Backoff");
  assert.match(body.message, /Collection \[js-pressure\].*lag_records_max 1.*backoff and try again/);
  assert.match(answer.headers.get("retry-after"), /^[1-9][0-9]?$/);

  const flushed = await fetch(`${base}/${c.id}/flush?position=linked`, { method: "POST" });
  assert.equal(flushed.status, 200);
  await c.add(batch(taken));
  assert.equal(await c.count(), taken + 500);
});
