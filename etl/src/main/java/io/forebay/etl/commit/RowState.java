package io.forebay.etl.commit;

import org.jspecify.annotations.Nullable;

/**
 * What a row was at some commit.
 *
 * @param rowHash    SHA-256 of the canonical row (document, metadata, uri, embedding), 32 bytes
 * @param sourceHash SHA-256 of what the row was made from, 32 bytes, as whoever wrote it said; null when nobody said
 */
public record RowState(byte[] rowHash, byte @Nullable [] sourceHash) {}
