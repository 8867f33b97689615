package io.forebay.etl.format.parquet;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.lz4.BlockLZ4CompressorInputStream;
import org.apache.commons.compress.compressors.snappy.SnappyCompressorInputStream;

/** Expands pages. In the order of their numbers in the file. */
enum Codec {
    UNCOMPRESSED, SNAPPY, GZIP, LZO, BROTLI, LZ4, ZSTD, LZ4_RAW;

    private static final int SNAPPY_WINDOW_BYTES = 1 << 16;

    static Codec of(int number) {
        ParquetException.require(number >= 0 && number < values().length, "a column has codec " + number);
        Codec codec = values()[number];
        ParquetException.require(codec != LZO && codec != BROTLI && codec != LZ4,
                "a column is compressed with " + codec
                        + "; snappy, gzip, zstd and LZ4_RAW are read");
        return codec;
    }

    /** @param size that the page claims to have: it must be just that */
    ByteBuffer expand(byte[] compressed, int offset, int length, int size) throws IOException {
        if (this == UNCOMPRESSED) {
            ParquetException.require(length == size, "a page of " + length + " bytes claims to have " + size);
            return ByteBuffer.wrap(compressed, offset, length).slice();
        }
        if (size == 0) {
            return ByteBuffer.allocate(0);
        }
        byte[] expanded = new byte[size];
        try {
            long count = this == ZSTD
                    ? Zstd.decompressByteArray(expanded, 0, size, compressed, offset, length)
                    : stream(new ByteArrayInputStream(compressed, offset, length)).readNBytes(expanded, 0,
                            size);
            ParquetException.require(count == size, this == ZSTD && Zstd.isError(count)
                    ? "a page is damaged: " + Zstd.getErrorName(count)
                    : "a page expands to " + count + " bytes and claims to have " + size);
        } catch (IOException e) {
            throw new ParquetException("a page is damaged: " + e.getMessage());
        }
        return ByteBuffer.wrap(expanded);
    }

    private InputStream stream(InputStream in) throws IOException {
        return switch (this) {
            case SNAPPY -> new SnappyCompressorInputStream(in, SNAPPY_WINDOW_BYTES);
            case GZIP -> new GZIPInputStream(in);
            case LZ4_RAW -> new BlockLZ4CompressorInputStream(in);
            default -> throw new IllegalStateException(name());
        };
    }
}
