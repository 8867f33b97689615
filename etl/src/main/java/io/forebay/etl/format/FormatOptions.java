package io.forebay.etl.format;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import org.jspecify.annotations.Nullable;

/**
 * How to read a file.
 *
 * @param charset          of text formats; null: UTF-8, or what a byte order mark says
 * @param embeddingField   the field (column) that is to be given as {@code float[]}; null for none, and for files of
 *                         vectors {@code embedding}
 * @param lineBytesMax     of one document
 * @param expandedRatioMax uncompressed over compressed size, beyond the first 64 MiB
 */
public record FormatOptions(@Nullable Charset charset, @Nullable String embeddingField, int lineBytesMax,
        int expandedRatioMax) {
    public FormatOptions {
        if (lineBytesMax < 1 || expandedRatioMax < 1) {
            throw new IllegalArgumentException("limits must be positive");
        }
    }

    /**
     * @param name null for null
     * @throws ForebayException UNPROCESSABLE
     */
    public static @Nullable Charset charset(@Nullable String name) {
        try {
            return name == null ? null : Charset.forName(name);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException unknown) {
            throw new ForebayException(ErrorCode.UNPROCESSABLE, "charset [" + name + "] is not known");
        }
    }
}
