package io.forebay.etl.format.parquet;

/** The values of a page, one after the other. What is not there ends in an exception of the buffer or in ParquetException. */
interface Values {
    /** Boolean, Integer, Long, Float, Double, or a buffer with the bytes of BINARY, FIXED and INT96. */
    Object next();

    /** For numbers. */
    default float nextFloat() {
        return ((Number) next()).floatValue();
    }
}
