// The surface of npm's chromadb, against a started server.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ChromaClient, IncludeEnum, K, ReadLevel } from "chromadb";
import { address, admin, client, collection, Letters, near, numbers, refused, ten } from "./support.mjs";

test("the system's routes", async () => {
  assert.ok((await client.heartbeat()) > 1.7e18);
  assert.equal(await client.version(), "1.0.0");
  assert.deepEqual(await client.getUserIdentity(), { user_id: "", tenant: "default_tenant", databases: ["default_database"] });
  assert.ok((await client.getMaxBatchSize()) > 1000);
  assert.equal(await client.supportsBase64Encoding(), true);
  const nobody = new ChromaClient({ ...address, port: 1 });
  await refused(nobody.heartbeat(), "ChromaConnectionError");
});

test("a client that names neither tenant nor database takes those of its identity", async () => {
  const found = new ChromaClient({ ...address, tenant: "", database: "" });
  assert.ok((await found.countCollections()) >= 0);
  assert.deepEqual([found.tenant, found.database], ["default_tenant", "default_database"]);
});

test("tenants and databases", async () => {
  await admin.createTenant({ name: "js-tenant" });
  assert.equal(await admin.getTenant({ name: "js-tenant" }), "js-tenant");
  await refused(admin.createTenant({ name: "js-tenant" }), "ChromaUniqueError");
  await refused(admin.getTenant({ name: "js-none" }), "ChromaNotFoundError");
  for (const name of ["db-b", "db-a", "db-c"]) await admin.createDatabase({ name, tenant: "js-tenant" });
  await refused(admin.createDatabase({ name: "db-a", tenant: "js-tenant" }), "ChromaUniqueError");
  await refused(admin.createDatabase({ name: "x", tenant: "js-tenant" }), "ChromaClientError", /3-512 characters/);
  const page = await admin.listDatabases({ tenant: "js-tenant", limit: 2, offset: 1 });
  assert.deepEqual(page.map((d) => d.name), ["db-b", "db-c"]);
  assert.equal((await admin.getDatabase({ name: "db-a", tenant: "js-tenant" })).tenant, "js-tenant");
  const inside = new ChromaClient({ ...address, tenant: "js-tenant", database: "db-a" });
  const made = await inside.createCollection({ name: "inside", embeddingFunction: null });
  assert.deepEqual([made.tenant, made.database], ["js-tenant", "db-a"]);
  assert.deepEqual((await inside.listCollections()).map((c) => c.name), ["inside"]);
  await refused(client.getCollection({ name: "inside" }), "ChromaNotFoundError");
  await admin.deleteDatabase({ name: "db-a", tenant: "js-tenant" });
  await refused(admin.getDatabase({ name: "db-a", tenant: "js-tenant" }), "ChromaNotFoundError");
  await refused(made.count(), "ChromaNotFoundError");
});

test("collections are made, found, listed, changed and deleted", async () => {
  const before = await client.countCollections();
  const made = await collection({ metadata: { topic: "js", level: 3, exact: 0.5, open: true } });
  assert.equal(await client.countCollections(), before + 1);
  const found = await client.getCollection({ name: made.name, embeddingFunction: new Letters() });
  assert.equal(found.id, made.id);
  assert.deepEqual(found.metadata, { topic: "js", level: 3, exact: 0.5, open: true });
  assert.ok((await client.listCollections()).some((c) => c.id === made.id));
  assert.equal((await client.listCollections({ limit: 1 })).length, 1);
  await refused(client.createCollection({ name: made.name, embeddingFunction: null }), "ChromaUniqueError");
  await refused(client.createCollection({ name: "a", embeddingFunction: null }), "ChromaClientError", /3-512 characters/);
  const same = await client.getOrCreateCollection({ name: made.name, metadata: { other: 1 }, embeddingFunction: null });
  assert.equal(same.id, made.id);
  assert.equal(same.metadata.topic, "js", "an existing one is not changed");
  await made.modify({ name: `${made.name}-renamed`, metadata: { topic: "renamed" } });
  const renamed = await client.getCollection({ name: `${made.name}`, embeddingFunction: null });
  assert.equal(renamed.id, made.id);
  assert.deepEqual(renamed.metadata, { topic: "renamed" });
  const other = await collection();
  await refused(other.modify({ name: made.name }), "ChromaUniqueError");
  await client.deleteCollection({ name: renamed.name });
  await refused(client.getCollection({ name: renamed.name }), "ChromaNotFoundError");
  await refused(client.deleteCollection({ name: renamed.name }), "ChromaNotFoundError");
  await refused(made.add({ ids: ["a"], embeddings: [[1]] }), "ChromaNotFoundError");
});

test("several collections at once", async () => {
  const made = [await collection(), await collection()];
  const found = await client.getCollections(made.map((c) => ({ name: c.name, embeddingFunction: new Letters() })));
  assert.deepEqual(found.map((c) => c.id), made.map((c) => c.id));
});

test("a collection by its resource name", async () => {
  const made = await collection();
  const found = await client.getCollectionByCrn(`default_tenant:default_database:${made.name}`);
  assert.equal(found.id, made.id);
});

test("the embedding function is kept with the collection", async () => {
  const made = await collection();
  const found = await client.getCollection({ name: made.name });
  assert.equal(found.embeddingFunction.name, "forebay-letters");
  await found.add({ ids: ["a", "b"], documents: ["aaaa", "eeeeee"] });
  const answer = await found.query({ queryTexts: ["aaaa"], nResults: 1 });
  assert.deepEqual(answer.ids, [["a"]]);
  assert.deepEqual(answer.distances, [[0]]);
});

for (const [how, options] of [
  ["its configuration", { configuration: { hnsw: { space: "cosine" } } }],
  ["its metadata", { metadata: { "hnsw:space": "cosine" } }],
]) {
  test(`a collection is asked for cosine by ${how}`, async () => {
    const c = await collection(options);
    assert.equal((await client.getCollection({ name: c.name })).configuration.hnsw.space, "cosine");
    await c.add({ ids: ["same", "right", "against"], embeddings: [[2, 0], [0, 3], [-1, 0]] });
    const answer = await c.query({ queryEmbeddings: [[5, 0]], nResults: 3 });
    assert.deepEqual(answer.ids, [["same", "right", "against"]]);
    near(answer.distances[0], [0, 1, 2]);
  });
}

test("inner product, and a changed ef_search", async () => {
  const c = await collection({ configuration: { hnsw: { space: "ip", ef_construction: 50, max_neighbors: 8 } } });
  await c.add({ ids: ["a", "b"], embeddings: [[1, 2], [-3, 4]] });
  near((await c.query({ queryEmbeddings: [[2, 1]] })).distances[0], [-3, 3]);
  await c.modify({ configuration: { hnsw: { ef_search: 77 } } });
  const hnsw = (await client.getCollection({ name: c.name })).configuration.hnsw;
  assert.deepEqual([hnsw.space, hnsw.ef_construction, hnsw.max_neighbors, hnsw.ef_search], ["ip", 50, 8, 77]);
});

test("records are read back as they were written", async () => {
  const c = await ten();
  assert.equal(await c.count(), 10);
  assert.equal(await c.count({ readLevel: ReadLevel.INDEX_AND_WAL }), 10);
  const all = await c.get({ include: ["documents", "metadatas", "uris", "embeddings"] });
  assert.deepEqual(all.ids, [...Array(10).keys()].map((i) => `id-${i}`));
  assert.deepEqual(all.embeddings[3], [3, 1]);
  assert.equal(all.uris[3], "file:///3");
  assert.deepEqual(all.metadatas[7], {
    n: 7, half: 3.75, word: "high", even: false, tags: ["t1", "all"], marks: [7, 8], rare: "yes",
  });
  assert.deepEqual(all.rows()[1].document, "Odd number 1");
  const few = await c.get({ ids: ["id-4", "nothing", "id-2"], include: [IncludeEnum.documents] });
  assert.deepEqual(few.ids, ["id-2", "id-4"]);
  assert.deepEqual(few.metadatas, []);
  assert.deepEqual((await c.get({ limit: 3, offset: 8 })).ids, ["id-8", "id-9"]);
  assert.deepEqual((await c.peek({ limit: 2 })).ids, ["id-0", "id-1"]);
  assert.deepEqual((await (await collection()).get()).ids, []);
});

test("embeddings travel as base64 and come back bit for bit", async () => {
  const c = await collection();
  const values = [0.1, -0, 1e-38, 3.4e38, Math.PI, -1 / 3, 16777217, 0.5].map(Math.fround);
  await c.add({ ids: ["a"], embeddings: [values] });
  assert.deepEqual((await c.get({ include: ["embeddings"] })).embeddings[0].map(Math.fround), values);
  const wide = Array.from({ length: 1536 }, (_, i) => Math.fround(Math.sin(i)));
  const other = await collection();
  await other.add({ ids: ["w"], embeddings: [wide] });
  assert.deepEqual((await other.get({ include: ["embeddings"] })).embeddings[0].map(Math.fround), wide);
});

test("add leaves what is there, upsert merges, update passes over what is not there", async () => {
  const c = await collection();
  await c.add({ ids: ["a"], embeddings: [[1, 1]], documents: ["first"], metadatas: [{ x: 1, y: "keep" }] });
  await c.add({ ids: ["a", "b"], embeddings: [[9, 9], [2, 2]], documents: ["again", "second"] });
  assert.deepEqual((await c.get()).documents, ["first", "second"]);
  await c.upsert({ ids: ["a", "c"], embeddings: [[3, 3], [4, 4]], metadatas: [{ x: 2, z: true }, { x: 3 }] });
  let all = await c.get({ include: ["documents", "metadatas", "embeddings"] });
  assert.deepEqual(all.ids, ["a", "b", "c"]);
  assert.deepEqual(all.metadatas, [{ x: 2, y: "keep", z: true }, null, { x: 3 }]);
  assert.deepEqual(all.documents, ["first", "second", null]);
  assert.deepEqual(all.embeddings[0], [3, 3]);
  await c.update({ ids: ["b", "none"], documents: ["changed", "nowhere"], embeddings: [[5, 5], [6, 6]] });
  await c.update({ ids: ["a"], metadatas: [{ x: null, y: "new" }] }); // this client leaves out what is null
  all = await c.get({ include: ["documents", "metadatas", "embeddings"] });
  assert.deepEqual(all.documents, ["first", "changed", null]);
  assert.deepEqual(all.embeddings[1], [5, 5]);
  assert.deepEqual(all.metadatas[0], { x: 2, y: "new", z: true });
  assert.equal(await c.count(), 3);
});

test("delete by ids, by filter and with a limit says how many", async () => {
  const c = await ten();
  assert.deepEqual(await c.delete({ ids: ["id-0", "id-1"] }), { deleted: 2 });
  assert.deepEqual(await c.delete({ where: { word: "low" }, limit: 1 }), { deleted: 1 });
  assert.deepEqual(await c.delete({ whereDocument: { $contains: "even number 8" } }), { deleted: 1 });
  assert.deepEqual(await c.delete({ ids: ["id-5", "id-6"], where: { n: 6 } }), { deleted: 1 });
  assert.equal(await c.count(), 5);
  await c.add({ ids: ["id-0"], embeddings: [[0, 1]] });
  assert.equal((await c.get()).ids.at(-1), "id-0", "what is added again comes last");
});

const filters = [
  [{ word: "low" }, [0, 1, 2, 3, 4]],
  [{ even: true }, [0, 2, 4, 6, 8]],
  [{ n: 3 }, [3]],
  [{ half: { $eq: 1.25 } }, [2]],
  [{ n: { $ne: 3 } }, [0, 1, 2, 4, 5, 6, 7, 8, 9]],
  [{ rare: { $ne: "yes" } }, [0, 1, 2, 3, 4, 5, 6, 8, 9]],
  [{ n: { $gt: 7 } }, [8, 9]],
  [{ n: { $gte: 7 } }, [7, 8, 9]],
  [{ n: { $gte: 7.5 } }, [8, 9]],
  [{ half: { $lt: 1 } }, [0, 1]],
  [{ n: { $lte: 1 } }, [0, 1]],
  [{ n: { $in: [1, 5, 77] } }, [1, 5]],
  [{ word: { $in: ["high"] } }, [5, 6, 7, 8, 9]],
  [{ n: { $nin: [0, 1, 2, 3, 4, 5, 6, 7] } }, [8, 9]],
  [{ tags: { $contains: "t0" } }, [0, 3, 6, 9]],
  [{ tags: { $not_contains: "t0" } }, [1, 2, 4, 5, 7, 8]],
  [{ marks: { $contains: 4 } }, [3, 4]],
  [{ $and: [{ word: "low" }, { even: false }] }, [1, 3]],
  [{ $or: [{ n: 9 }, { $and: [{ n: { $gt: 2 } }, { n: { $lt: 4 } }] }] }, [3, 9]],
];

for (const [where, expected] of filters) {
  test(`where ${JSON.stringify(where)}`, async () => {
    shared ??= ten();
    const c = await shared;
    assert.deepEqual(numbers((await c.get({ where })).ids), expected);
    const found = await c.query({ queryEmbeddings: [[0, 1]], nResults: 10, where });
    assert.deepEqual(found.ids[0], expected.map((i) => `id-${i}`), "nearest first");
  });
}

let shared;
const texts = [
  [{ $contains: "even" }, [0, 2, 4, 6, 8]],
  [{ $contains: "odd" }, []],
  [{ $contains: "Odd number 3" }, [3]],
  [{ $not_contains: "even" }, [1, 3, 5, 7, 9]],
  [{ $regex: "^(even|Odd) number [1-3]$" }, [1, 2, 3]],
  [{ $not_regex: "(?i)ODD" }, [0, 2, 4, 6, 8]],
  [{ $and: [{ $contains: "number" }, { $contains: "7" }] }, [7]],
  [{ $or: [{ $contains: "8" }, { $contains: "9" }] }, [8, 9]],
];

for (const [whereDocument, expected] of texts) {
  test(`whereDocument ${JSON.stringify(whereDocument)}`, async () => {
    shared ??= ten();
    const c = await shared;
    assert.deepEqual(numbers((await c.get({ whereDocument })).ids), expected);
    const found = await c.query({ queryEmbeddings: [[0, 1]], whereDocument, where: { n: { $gte: 0 } } });
    assert.deepEqual(numbers(found.ids[0]), expected);
  });
}

test("a query of several embeddings, with all that may be included", async () => {
  const c = await ten();
  const found = await c.query({
    queryEmbeddings: [[0, 1], [9, 1]], nResults: 2, include: ["distances", "documents", "embeddings", "metadatas", "uris"],
  });
  assert.deepEqual(found.ids, [["id-0", "id-1"], ["id-9", "id-8"]]);
  assert.deepEqual(found.distances, [[0, 1], [0, 1]]);
  assert.deepEqual(found.rows()[1][0], {
    id: "id-9", distance: 0, document: "Odd number 9", embedding: [9, 1], uri: "file:///9",
    metadata: { n: 9, half: 4.75, word: "high", even: false, tags: ["t0", "all"], marks: [9, 10] },
  });
  const only = await c.query({ queryEmbeddings: [[0, 1]], ids: ["id-5", "id-8"], nResults: 5, include: ["distances"] });
  assert.deepEqual(only.ids, [["id-5", "id-8"]]);
  assert.deepEqual(only.documents, []);
  assert.deepEqual((await c.query({ queryEmbeddings: [[0, 1]], nResults: 100 })).ids[0].length, 10);
});

test("what is wrong is refused as the client expects", async () => {
  const c = await ten();
  await refused(c.add({ ids: ["x"], embeddings: [[1, 2, 3]] }), "ChromaClientError", /expecting embedding with dimension of 2, got 3/);
  await refused(c.query({ queryEmbeddings: [[1]] }), "ChromaClientError", /dimension/);
  await refused(c.get({ where: { n: { $gt: "x" } } }), "ChromaValueError");
  await refused(c.get({ whereDocument: { $regex: "(" } }), "ChromaClientError", /regex/i);
  await refused(c.add({ ids: ["x", "x"], embeddings: [[1, 2], [1, 2]] }), "ChromaValueError");
  await refused(c.add({ ids: ["x"], embeddings: [[Infinity, 1]] }), "ChromaClientError", /Non-finite|NaN or Infinity/);
  await refused(collection({ metadata: { "#bad": 1 } }), "ChromaClientError", /metadata/);
  assert.equal(await c.count(), 10);
});

test("indexing status in its own words", async () => {
  const status = await (await ten()).getIndexingStatus();
  assert.equal(status.total_ops, 10);
  assert.equal(status.num_indexed_ops + status.num_unindexed_ops, 10);
  assert.ok(status.op_indexing_progress >= 0 && status.op_indexing_progress <= 1);
});

test("a fork has what its source had, and goes its own way", async () => {
  const source = await ten();
  assert.equal(await source.forkCount(), 0);
  const fork = await source.fork({ name: `${source.name}-fork` });
  await source.delete({ ids: ["id-0"] });
  await fork.upsert({ ids: ["id-1", "new"], embeddings: [[50, 1], [60, 1]] });
  assert.deepEqual([await source.count(), await fork.count()], [9, 11]);
  assert.deepEqual((await source.query({ queryEmbeddings: [[1, 1]], nResults: 1 })).distances, [[0]]);
  assert.deepEqual((await fork.query({ queryEmbeddings: [[60, 1]], nResults: 2 })).ids, [["new", "id-1"]]);
  assert.equal(await source.forkCount(), 1);
});

test("a batch as large as the client is told to send", async () => {
  const c = await collection();
  const n = await client.getMaxBatchSize();
  const ids = Array.from({ length: n }, (_, i) => `id-${i}`);
  await c.add({ ids, embeddings: ids.map((_, i) => [i, -i, 1]) });
  assert.equal(await c.count(), n);
  assert.deepEqual((await c.query({ queryEmbeddings: [[n - 1, 1 - n, 1]], nResults: 1 })).ids, [[`id-${n - 1}`]]);
});

test("unusual ids, names and texts", async () => {
  const c = await client.createCollection({ name: `abc-${process.pid}+def`, embeddingFunction: null });
  const ids = ["ümlaut 😀", "a/b?c#d%20", "x".repeat(2000), " ", "\u0000"];
  await c.add({ ids, embeddings: ids.map((_, i) => [i]), documents: ids });
  assert.deepEqual((await c.get()).documents, ids);
  assert.deepEqual((await c.get({ ids: [ids[0]] })).ids, [ids[0]]);
  assert.equal((await client.getCollection({ name: c.name, embeddingFunction: null })).id, c.id);
  assert.deepEqual(K("n").gt(1).toJSON(), { n: { $gt: 1 } });
});

test("reset drops everything, and is last", async () => {
  await client.reset();
  assert.equal(await client.countCollections(), 0);
  assert.equal(await admin.getTenant({ name: "default_tenant" }), "default_tenant");
});
