package io.forebay.etl.format.parquet;

/** What a Parquet file says cannot be. The message says what, the one who catches it where. */
public final class ParquetException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ParquetException(String message) {
        super(message);
    }

    static void require(boolean well, String what) {
        if (!well) {
            throw new ParquetException(what);
        }
    }
}
