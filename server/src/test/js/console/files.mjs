// The real sample as files of every format that the console takes, written by libraries that others use too.
import { readFileSync } from "node:fs";
import { parquetWriteBuffer } from "hyparquet-writer";
import writeExcelFile from "write-excel-file/node";
import { documents } from "./support.mjs";

const DIMENSION = 384;
const NPY_HEADER = 128;
const TYPES = { csv: "text/csv", jsonl: "application/x-ndjson", parquet: "application/vnd.apache.parquet",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" };

/** The first documents of the sample, with the vectors that belong to them. */
export function embedded(count) {
  const file = readFileSync(`${process.env.FOREBAY_ROOT}/sample/peps-4501-minilm384.f16.npy`);
  return documents(count).map((one, i) => ({ ...one,
    embedding: Array.from({ length: DIMENSION }, (_, at) => half(file.readUInt16LE(NPY_HEADER + 2 * (i * DIMENSION + at)))) }));
}

/** A float16: sign, 5 bits of exponent, 10 of fraction. */
function half(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** As a browser's file chooser gives it. */
export function upload(name, content) {
  return { name, mimeType: TYPES[name.split(".")[1]] || "application/octet-stream", buffer: Buffer.from(content) };
}

export function csv(rows) {
  const cell = (value) => `"${String(value).replaceAll('"', '""')}"`;
  const names = Object.keys(rows[0]);
  return [names, ...rows.map((row) => names.map((name) => row[name]))].map((row) => row.map(cell).join(",")).join("\r\n");
}

export function jsonl(rows) {
  return rows.map((row) => JSON.stringify(row)).join("\n");
}

export function xlsx(rows) {
  const names = Object.keys(rows[0]);
  const cells = rows.map((row) => names.map((name) => ({ value: row[name] === "" ? null : row[name] })));
  return writeExcelFile([names.map((value) => ({ value })), ...cells]).toBuffer();
}

export function parquet(rows) {
  const names = Object.keys(rows[0]);
  const schema = names.flatMap((name) => (Array.isArray(rows[0][name])
    ? [{ name, repetition_type: "OPTIONAL", converted_type: "LIST", num_children: 1 },
      { name: "list", repetition_type: "REPEATED", num_children: 1 }, { name: "element", type: "FLOAT", repetition_type: "REQUIRED" }]
    : [typeof rows[0][name] === "number" ? { name, type: "INT32", repetition_type: "OPTIONAL" }
      : { name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" }]));
  return parquetWriteBuffer({ schema: [{ name: "root", num_children: names.length }, ...schema],
    columnData: names.map((name) => ({ name, data: rows.map((row) => row[name]) })) });
}
