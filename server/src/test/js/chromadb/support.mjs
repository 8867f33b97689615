// What the tests of Chroma's own client share. They are given the server's address by the Java test that starts it.
import assert from "node:assert/strict";
import * as chroma from "chromadb";
import { AdminClient, ChromaClient, registerEmbeddingFunction } from "chromadb";

const url = new URL(process.env.FOREBAY_URL);
export const address = { host: url.hostname, port: Number(url.port) };
export const client = new ChromaClient(address);
export const admin = new AdminClient(address);

/** Four numbers that tell texts apart: no model, no network. */
export class Letters {
  name = "forebay-letters";
  async generate(texts) {
    return texts.map((text) => [text.length, ...["a", "e", "o"].map((letter) => text.split(letter).length - 1)]);
  }
  defaultSpace() {
    return "l2";
  }
  supportedSpaces() {
    return ["l2", "cosine", "ip"];
  }
  getConfig() {
    return { letters: "aeo" };
  }
  validateConfigUpdate() {}
  static buildFromConfig() {
    return new Letters();
  }
}
registerEmbeddingFunction("forebay-letters", Letters);

let made = 0;

/** A new empty collection. */
export function collection(options = {}) {
  return client.createCollection({ name: `js-${process.pid}-${++made}`, embeddingFunction: new Letters(), ...options });
}

/** Ten records whose embeddings are on a line, with every kind of metadata. */
export async function ten(options) {
  const c = await collection(options);
  const at = [...Array(10).keys()];
  await c.add({
    ids: at.map((i) => `id-${i}`),
    embeddings: at.map((i) => [i, 1]),
    documents: at.map((i) => (i % 2 === 0 ? `even number ${i}` : `Odd number ${i}`)),
    uris: at.map((i) => `file:///${i}`),
    metadatas: at.map((i) => ({
      n: i, half: i / 2 + 0.25, word: i < 5 ? "low" : "high", even: i % 2 === 0, tags: [`t${i % 3}`, "all"], marks: [i, i + 1],
      ...(i === 7 ? { rare: "yes" } : {}),
    })),
  });
  return c;
}

/** Ids as numbers, in ascending order. */
export function numbers(ids) {
  return ids.map((id) => Number(id.replace("id-", ""))).sort((a, b) => a - b);
}

export async function refused(promise, type, status) {
  const error = await promise.then(() => assert.fail("was not refused"), (e) => e);
  assert.ok(error instanceof chroma[type], `${error.stack} is no ${type}`);
  if (status) assert.match(error.message, status);
}

export function near(actual, expected) {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, i) => assert.ok(Math.abs(value - expected[i]) < 1e-5, `${actual} is not near ${expected}`));
}
