package io.forebay.etl.format.parquet;

/**
 * Bounds of memory and of expansion of one file.
 *
 * @param freeBytes that may come out whatever the ratio is
 */
public record ParquetLimits(int documentBytesMax, int expandedRatioMax, long freeBytes) {
    /** Of one page, expanded. DuckDB makes pages of 100 MB. */
    static final int PAGE_BYTES_MAX = 128 << 20;
    /** Of the pages and dictionaries that are held at the same time, one of each for a column. */
    static final long HELD_BYTES_MAX = 512L << 20;
    static final int DICTIONARY_BYTES_MAX = 16 << 20;
    static final int PAGE_VALUES_MAX = 32 << 20;
    static final int FOOTER_BYTES_MAX = 32 << 20;
}
