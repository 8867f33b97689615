/**
 * Parquet files, read page by page: start at {@link io.forebay.etl.format.parquet.ParquetRows}.
 *
 * <p>Why our own reader: the library for Parquet in Java reads a whole row group at once (pyarrow's default of a million rows
 * with embeddings is 1.5 GB), and believes lengths that the file claims (a few wrong bytes make it ask for 8 GB). Here every
 * size is compared with the bytes that are there before anything is made for it; codecs come from libraries.
 *
 * <p>Read: data pages v1 and v2, all encodings but the two that were given up before 2013, codecs snappy, gzip, zstd and
 * LZ4_RAW, any nesting. Not read: encryption, LZO, Brotli, the old LZ4, columns in other files.
 */
@NullMarked
package io.forebay.etl.format.parquet;

import org.jspecify.annotations.NullMarked;
