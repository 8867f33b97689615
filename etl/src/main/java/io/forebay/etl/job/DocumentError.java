package io.forebay.etl.job;

import org.jspecify.annotations.Nullable;

/**
 * A document that a job could not take. As many are kept as may fail, so what comes from the document is cut.
 *
 * @param ordinal its number in the file, from 0
 * @param line    line or row, from 1
 * @param id      null where it has none or it was not read; the first {@value #ID_LENGTH_MAX} characters
 * @param reason  the first {@value #REASON_LENGTH_MAX} characters
 */
public record DocumentError(long ordinal, long line, @Nullable String sheet, @Nullable String id,
        String reason) {
    static final int ID_LENGTH_MAX = 256;
    static final int REASON_LENGTH_MAX = 1000;

    public DocumentError {
        id = id == null ? null : cut(id, ID_LENGTH_MAX);
        reason = cut(reason, REASON_LENGTH_MAX);
    }

    /** Not in the middle of a character that is two. */
    private static String cut(String text, int lengthMax) {
        if (text.length() <= lengthMax) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(lengthMax - 1)) ? lengthMax - 1 : lengthMax;
        return text.substring(0, end);
    }
}
