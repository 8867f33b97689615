// npm's chromadb over TLS; the certificate is trusted by NODE_EXTRA_CA_CERTS.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ChromaClient } from "chromadb";

const url = new URL(process.env.FOREBAY_URL);

test("records go in and come back over TLS", async () => {
  const client = new ChromaClient({ host: url.hostname, port: Number(url.port), ssl: true });
  const docs = await client.getOrCreateCollection({ name: "docs", embeddingFunction: null });
  await docs.add({ ids: ["a", "b"], embeddings: [[1, 0], [0, 1]] });
  assert.deepEqual((await docs.query({ queryEmbeddings: [[1, 0.1]], nResults: 1 })).ids, [["a"]]);
});
