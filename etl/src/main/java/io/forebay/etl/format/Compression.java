package io.forebay.etl.format;

/** What is around a file's bytes. */
public enum Compression {
    NONE,
    /** One or several members, one after the other. */
    GZIP,
    /** One or several frames, with windows up to 128 MiB. */
    ZSTD
}
