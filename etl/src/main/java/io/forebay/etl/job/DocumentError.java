package io.forebay.etl.job;

import org.jspecify.annotations.Nullable;

/**
 * A document that a job could not take.
 *
 * @param ordinal its number in the file, from 0
 * @param line    line or row, from 1
 * @param id      null where it has none or it was not read
 */
public record DocumentError(long ordinal, long line, @Nullable String sheet, @Nullable String id,
        String reason) {}
