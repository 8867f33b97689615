// search() of npm's chromadb: ranks, filters, groups, sparse vectors, several searches in one request.
import assert from "node:assert/strict";
import { test } from "node:test";
import { GroupBy, K, Knn, MinK, ReadLevel, Rrf, Schema, Search, SparseVectorIndexConfig, Val } from "chromadb";
import { client, collection, near, refused, ten } from "./support.mjs";

let shared;
const tenRecords = () => (shared ??= ten());

test("nearest by embedding, with what is selected", async () => {
  const c = await tenRecords();
  const found = await c.search(new Search().rank(Knn({ query: [0, 1], limit: 5 })).limit(3).select(K.SCORE, K.DOCUMENT, "n"));
  assert.deepEqual(found.ids, [["id-0", "id-1", "id-2"]]);
  near(found.scores[0], [0, 1, 4]);
  assert.deepEqual(found.documents[0], ["even number 0", "Odd number 1", "even number 2"]);
  assert.deepEqual(found.metadatas[0], [{ n: 0 }, { n: 1 }, { n: 2 }]);
  assert.deepEqual(found.embeddings, [null]);
  assert.deepEqual(found.rows()[0][1], { id: "id-1", document: "Odd number 1", metadata: { n: 1 }, score: found.scores[0][1] });
});

test("everything that can be selected", async () => {
  const c = await tenRecords();
  const found = await c.search(new Search().where(K.ID.isIn(["id-7"])).rank(Knn({ query: [7, 1] })).selectAll());
  const [row] = found.rows()[0];
  assert.equal(row.id, "id-7");
  assert.deepEqual([row.document, row.embedding, row.metadata.rare, row.score], ["Odd number 7", [7, 1], "yes", 0]);
});

test("a text as query is embedded by the collection's function", async () => {
  const c = await collection();
  await c.add({ ids: ["a", "b"], documents: ["aaaa", "eeeeee"] });
  assert.deepEqual((await c.search({ rank: Knn({ query: "eeeeee" }), limit: 1 })).ids, [["b"]]);
});

for (const [name, where, expected] of [
  ["a comparison", K("n").gte(8), [8, 9]],
  ["and", K("word").eq("low").and(K("even").eq(false)), [1, 3]],
  ["or", K("n").eq(9).or(K("n").lt(1)), [0, 9]],
  ["a document's text", K.DOCUMENT.contains("Odd").and(K("n").gt(6)), [7, 9]],
  ["a document's form", K.DOCUMENT.regex("[45]$"), [4, 5]],
  ["ids", K.ID.isIn(["id-2", "id-3", "none"]), [2, 3]],
  ["other ids", K.ID.notIn(["id-0", "id-1", "id-2", "id-3", "id-4", "id-5", "id-6"]), [7, 8, 9]],
  ["arrays", K("tags").contains("t0").and(K("marks").notContains(4)), [0, 6, 9]],
]) {
  test(`a filter by ${name}, with and without a rank`, async () => {
    const c = await tenRecords();
    const ids = expected.map((i) => `id-${i}`);
    assert.deepEqual((await c.search(new Search().where(where))).ids, [ids]);
    assert.deepEqual((await c.search(new Search().where(where).rank(Knn({ query: [0, 1] })))).ids, [ids]);
  });
}

test("limit and offset", async () => {
  const c = await tenRecords();
  const page = (limit, offset) => c.search(new Search().rank(Knn({ query: [0, 1], limit: 10 })).limit(limit, offset));
  assert.deepEqual((await page(2, 3)).ids, [["id-3", "id-4"]]);
  assert.deepEqual((await page(5, 8)).ids, [["id-8", "id-9"]]);
});

test("arithmetic over ranks", async () => {
  const c = await tenRecords();
  const distance = Knn({ query: [0, 1], limit: 10 });
  for (const [rank, scores] of [
    [distance.add(10), [10, 11, 14]],
    [distance.multiply(2).subtract(1), [-1, 1, 7]],
    [distance.divide(4), [0, 0.25, 1]],
    [distance.add(1).log(), [0, Math.log(2), Math.log(5)]],
    [distance.max(1.5), [1.5, 1.5, 4]],
    [distance.subtract(1).abs().exp(), [Math.E, 1, Math.exp(3)]],
    [distance.multiply(0).add(Val(3)), [3, 3, 3]],
  ]) {
    const found = await c.search(new Search().where(K("n").lt(3)).rank(rank).select(K.SCORE, "n"));
    assert.deepEqual(found.scores[0], [...found.scores[0]].sort((a, b) => a - b), "ascending");
    const byN = Object.fromEntries(found.metadatas[0].map(({ n }, i) => [n, found.scores[0][i]]));
    near([byN[0], byN[1], byN[2]], scores);
  }
});

test("groups keep their best", async () => {
  const c = await tenRecords();
  const found = await c.search(new Search().rank(Knn({ query: [0, 1], limit: 10 }))
    .groupBy(new GroupBy([K("word")], new MinK([K.SCORE], 2))).limit(10));
  assert.deepEqual(found.ids, [["id-0", "id-1", "id-5", "id-6"]]);
});

test("several searches in one request, at a read level", async () => {
  const c = await tenRecords();
  const found = await c.search([
    new Search().rank(Knn({ query: [0, 1] })).limit(1),
    new Search().where(K("n").eq(4)),
    new Search().rank(Knn({ query: [9, 1] })).limit(2).select(K.SCORE),
  ], { readLevel: ReadLevel.INDEX_AND_WAL });
  assert.deepEqual(found.ids, [["id-0"], ["id-4"], ["id-9", "id-8"]]);
  near(found.scores[2], [0, 1]);
});

async function sparse() {
  const schema = new Schema().createIndex(new SparseVectorIndexConfig(), "words");
  const c = await client.createCollection({ name: `js-sparse-${process.pid}-${Math.random().toString(36).slice(2)}`, schema, embeddingFunction: null });
  await c.add({
    ids: ["a", "b", "c", "d"],
    embeddings: [[1, 0], [0, 1], [1, 1], [5, 5]],
    metadatas: [
      { words: { indices: [1, 7], values: [1, 2] } },
      { words: { indices: [7], values: [3] } },
      { words: { indices: [1, 2], values: [1, 0.5] } },
      { other: 1 },
    ],
  });
  return c;
}

test("sparse vectors are metadata, and a rank of their own", async () => {
  const c = await sparse();
  assert.deepEqual((await c.get({ ids: ["a"] })).metadatas[0].words, { indices: [1, 7], values: [1, 2] });
  const found = await c.search(new Search().rank(Knn({ query: { indices: [2, 7], values: [1, 1] }, key: "words" })).select(K.SCORE));
  assert.deepEqual(found.ids, [["b", "a", "c"]]);
  assert.ok(found.scores[0][0] < found.scores[0][1], "the best has the lowest score");
});

test("dense and sparse ranks are fused", async () => {
  const c = await sparse();
  const found = await c.search(new Search().limit(4).select(K.SCORE).rank(Rrf({
    ranks: [
      Knn({ query: [1, 0], returnRank: true, limit: 10 }),
      Knn({ query: { indices: [7], values: [1] }, key: "words", returnRank: true, limit: 10, default: 1000 }),
    ],
    weights: [2, 1], k: 60,
  })));
  assert.equal(found.ids[0][0], "a");
  assert.equal(found.ids[0].length, 4);
  assert.ok(found.scores[0].every((score) => score < 0));
});

test("what is wrong is refused", async () => {
  const c = await tenRecords();
  await refused(c.search(new Search().rank(Knn({ query: [1, 2, 3] }))), "ChromaClientError", /dimension/);
  await refused(c.search({ where: { n: { $gt: "text" } } }), "ChromaClientError");
  await refused(c.search([]), "ChromaValueError");
});
