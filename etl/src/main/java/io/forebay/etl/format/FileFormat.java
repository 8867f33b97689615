package io.forebay.etl.format;

/** What a file's bytes are, under their compression. The wire name is the lower-case name. */
public enum FileFormat {
    /** One JSON object a line; also called NDJSON. */
    JSONL,
    /** One JSON array of objects. */
    JSON,
    CSV,
    TSV,
    /** Every sheet; the first row of each names its columns. */
    XLSX,
    PARQUET,
    /** Vectors; the documents are in a side file. */
    NPY,
    /** Vectors; the documents are in a side file. */
    FVECS
}
