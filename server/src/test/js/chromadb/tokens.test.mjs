// npm's chromadb against a server that asks for tokens.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AdminClient, ChromaClient } from "chromadb";
import { address, refused } from "./support.mjs";

const { FOREBAY_ADMIN: ADMIN, FOREBAY_WRITER: WRITER, FOREBAY_READER: READER } = process.env;
const withHeaders = (headers) => new ChromaClient({ ...address, headers });
const withToken = (token) => withHeaders({ "x-chroma-token": token });

test("without a token, or with a wrong one, only the open routes answer", async () => {
  for (const nobody of [new ChromaClient(address), withToken("wrong"), withToken(`${READER}x`)]) {
    assert.ok((await nobody.heartbeat()) > 0);
    assert.equal(await nobody.version(), "1.0.0");
    assert.ok((await nobody.getMaxBatchSize()) > 0);
    await refused(nobody.listCollections(), "ChromaUnauthorizedError");
    await refused(nobody.getUserIdentity(), "ChromaUnauthorizedError");
    await refused(nobody.createCollection({ name: "mine", embeddingFunction: null }), "ChromaUnauthorizedError");
    await refused(nobody.reset(), "ChromaUnauthorizedError");
  }
});

test("each role does what it may", async () => {
  const writer = withToken(WRITER);
  const docs = await writer.getOrCreateCollection({ name: "docs", embeddingFunction: null });
  await docs.add({ ids: ["a"], embeddings: [[1, 2]] });
  for (const reader of [withToken(READER), withHeaders({ Authorization: `Bearer ${READER}` })]) {
    const found = await reader.getCollection({ name: "docs", embeddingFunction: null });
    assert.equal(await found.count(), 1);
    assert.deepEqual((await found.query({ queryEmbeddings: [[1, 2]] })).ids, [["a"]]);
    await refused(found.add({ ids: ["b"], embeddings: [[1, 2]] }), "ChromaForbiddenError");
    await refused(found.delete({ ids: ["a"] }), "ChromaForbiddenError");
    await refused(reader.deleteCollection({ name: "docs" }), "ChromaForbiddenError");
    await refused(reader.getOrCreateCollection({ name: "docs", embeddingFunction: null }), "ChromaForbiddenError");
  }
  await refused(new AdminClient({ ...address, headers: { "x-chroma-token": WRITER } })
    .createDatabase({ name: "other", tenant: "default_tenant" }), "ChromaForbiddenError");
  await refused(writer.reset(), "ChromaForbiddenError");
  await new AdminClient({ ...address, headers: { "x-chroma-token": ADMIN } })
    .createDatabase({ name: "other", tenant: "default_tenant" });
});

test("a token with limits stays in them, and its identity tells the client where", async () => {
  const elsewhere = new ChromaClient({ ...address, database: "other", headers: { "x-chroma-token": READER } });
  await refused(elsewhere.listCollections(), "ChromaForbiddenError");
  const found = new ChromaClient({ ...address, tenant: "", database: "", headers: { "x-chroma-token": READER } });
  assert.equal((await found.listCollections()).length, 1);
  assert.deepEqual([found.tenant, found.database], ["default_tenant", "default_database"]);
  const identity = await found.getUserIdentity();
  assert.deepEqual([identity.user_id, identity.tenant, identity.databases],
    ["reader", "default_tenant", ["default_database"]]);
});
