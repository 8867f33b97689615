/**
 * The record segment: ids, metadata, documents and uris of all collections in one RocksDB, and how far each
 * collection has come.
 *
 * <p>Start reading at {@link io.forebay.index.record.RecordStore}, then {@link
 * io.forebay.index.record.Applier} for what add, upsert, update and delete mean, {@link
 * io.forebay.index.record.RecordReader} for reads and {@code WhereCompiler} for what a filter means. {@code
 * Keys} and {@code RecordValue} draw what is stored.
 *
 * <p>Two numbers: a <b>row</b> is a record's number in order of first insertion, its key here and the order
 * of reads; an
 * <b>ordinal</b> numbers the versions of vectors, the address in arena and graph. Every live record has one
 * of each; an update that carries an embedding takes a new ordinal and keeps the row.
 */
@NullMarked
package io.forebay.index.record;

import org.jspecify.annotations.NullMarked;
