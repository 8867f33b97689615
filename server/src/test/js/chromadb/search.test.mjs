// Hybrid search with the expressions of npm's chromadb, which its own single node refuses.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  Abs, Div, Exp, GroupBy, K, Knn, Log, Max, MaxK, Min, MinK, Rrf, Schema, Search, SparseVectorIndexConfig, Sub, Sum, Val,
} from "chromadb";
import { collection, near, refused } from "./support.mjs";

async function fruits() {
  const c = await collection({ embeddingFunction: null });
  await c.add({
    ids: ["a", "b", "c", "d"],
    embeddings: [[0, 0], [1, 0], [2, 0], [3, 0]],
    documents: ["apple pie", "banana split", "cherry pie", "date"],
    metadatas: [
      { g: "x", n: 1, s: { indices: [1, 7], values: [1, 2] } },
      { g: "x", n: 2.5, s: { indices: [1], values: [3] } },
      { g: "y", n: 3, s: { indices: [7, 4000000000], values: [1, 1] } },
      { n: 4 },
    ],
  });
  return c;
}

/** Ids of one search, and its scores. */
async function found(c, search, options) {
  const [rows] = (await c.search(search, options)).rows();
  return [rows.map((row) => row.id).join(""), rows.map((row) => row.score)];
}

const dense = (options) => Knn({ query: [0, 0], ...options });
const words = (indices, options) => Knn({ query: { indices, values: indices.map(() => 1) }, key: "s", ...options });

test("what is selected comes, in rows and in columns", async () => {
  const c = await fruits();
  const all = await c.search(new Search().rank(dense({ limit: 1 })).selectAll());
  assert.deepEqual(all.rows(), [[{
    id: "a", document: "apple pie", embedding: [0, 0], score: 0, metadata: { g: "x", n: 1, s: { indices: [1, 7], values: [1, 2] } },
  }]]);
  assert.deepEqual(all.select, [["#document", "#embedding", "#metadata", "#score"]]);
  const some = await c.search([new Search().limit(1, 1).select("n"), new Search().rank(dense()).limit(1)], { readLevel: "index_only" });
  assert.deepEqual(some.rows(), [[{ id: "b", metadata: { n: 2.5 } }], [{ id: "a" }]]);
  assert.deepEqual([some.documents, some.scores], [[null, null], [null, null]]);
});

test("filters of metadata, documents and ids", async () => {
  const c = await fruits();
  const where = async (clause) => (await found(c, new Search().where(clause)))[0];
  assert.equal(await where(K("g").eq("x").and(K("n").gte(2))), "b");
  assert.equal(await where(K.ID.isIn(["a", "d"])), "ad");
  assert.equal(await where(K.ID.notIn(["a", "d"])), "bc");
  assert.equal(await where(K.DOCUMENT.contains("pie")), "ac");
  assert.equal(await where(K.DOCUMENT.regex("^b").or(K.ID.eq("d"))), "bd");
});

test("arithmetic of scores", async () => {
  const c = await fruits();
  const ranked = (rank) => found(c, new Search().rank(rank).select(K.SCORE));
  assert.deepEqual(await ranked(dense().multiply(0.5).add(Val(1))), ["abcd", [1, 1.5, 3, 5.5]]);
  assert.deepEqual(await ranked(Abs(Sub(dense(), 3))), ["cbad", [1, 2, 3, 6]]);
  const [ids, scores] = await ranked(Max(Min(Log(Sum(dense(), 1)), 1.5), Exp(Div(dense(), -1))));
  assert.equal(ids, "bacd");
  near(scores, [Math.log(2), 1, 1.5, 1.5]);
  const [reversed] = await ranked(dense().negate());
  assert.equal(reversed, "dcba");
});

test("sparse vectors, and the fusion of both", async () => {
  const c = await fruits();
  assert.deepEqual(await found(c, new Search().rank(words([1, 7])).select(K.SCORE)), ["abc", [-2, -2, 0]]);
  assert.deepEqual((await c.get({ ids: ["c"] })).metadatas, [{ g: "y", n: 3, s: { indices: [7, 4000000000], values: [1, 1] } }]);
  const fused = Rrf({ ranks: [dense({ returnRank: true }), words([1], { returnRank: true, default: 100 })], k: 60, weights: [2, 1], normalize: true });
  const [ids, scores] = await found(c, new Search().rank(fused).select(K.SCORE));
  assert.equal(ids, "abcd");
  near(scores, [[0, 1], [1, 0], [2, 100], [3, 100]].map(([first, second]) => -(2 / 3 / (60 + first) + 1 / 3 / (60 + second))));
  const schema = new Schema();
  schema.createIndex(new SparseVectorIndexConfig({}), "s");
  const indexed = await collection({ schema, embeddingFunction: null });
  await indexed.add({ ids: ["a"], embeddings: [[1]], metadatas: [{ s: { indices: [1], values: [1] } }] });
  assert.deepEqual(await found(indexed, new Search().rank(words([1])).select(K.SCORE)), ["a", [0]]);
});

test("the best of each group", async () => {
  const c = await fruits();
  const far = Knn({ query: [3, 0] });
  assert.equal((await found(c, new Search().rank(far).groupBy(new GroupBy([K("g")], new MinK([K.SCORE], 1)))))[0], "dcb");
  assert.equal((await found(c, new Search().rank(far).groupBy(new GroupBy([K("g")], new MaxK([K("n")], 1))).limit(2)))[0], "dc");
});

test("what is wrong with a search is told", async () => {
  const c = await fruits();
  await refused(c.search(new Search().rank(Knn({ query: [1] }))), "ChromaClientError", /dimension of 2, got 1/);
  await refused(c.search(new Search().rank({ $pow: 2 })), "ChromaClientError", /unknown variant/);
  await refused(c.search(new Search().rank(Knn({ query: [1, 2], key: "s" }))), "ChromaClientError", /#embedding only/);
});
