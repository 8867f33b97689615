package io.forebay.bench.data;

import io.forebay.client.dataset.DatasetException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Files of rows in the two forms that public datasets have, all numbers little-endian.
 * <pre>
 *   .fvecs .ivecs .bvecs (TEXMEX)          each row:  dimension: i32 | dimension elements
 *   .fbin .ibin .u8bin .i8bin (big-ann)    rows: u32 | dimension: u32 | rows x dimension elements
 * </pre>
 * An {@code .ibin} of exact answers may have as many float32 distances behind its rows, which are passed over.
 *
 * <p>Failure: what is cut off, or does not fit together, is a {@link DatasetException} with the place.
 */
final class RowFile {
    private static final int DIMENSION_MAX = 1 << 16;
    private static final int BUFFER_BYTES = 1 << 20;

    private final Path file;
    private final Element element;
    private final boolean counted;

    private enum Element {
        F32(4), I32(4), U8(1), I8(1);

        final int bytes;

        Element(int bytes) {
            this.bytes = bytes;
        }
    }

    private RowFile(Path file, Element element, boolean counted) {
        this.file = file;
        this.element = element;
        this.counted = counted;
    }

    /** Null when the name is of neither form. */
    static @Nullable RowFile of(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "fvecs" -> new RowFile(file, Element.F32, false);
            case "ivecs" -> new RowFile(file, Element.I32, false);
            case "bvecs" -> new RowFile(file, Element.U8, false);
            case "fbin" -> new RowFile(file, Element.F32, true);
            case "ibin" -> new RowFile(file, Element.I32, true);
            case "u8bin" -> new RowFile(file, Element.U8, true);
            case "i8bin" -> new RowFile(file, Element.I8, true);
            default -> null;
        };
    }

    private interface RowReader<T> {
        T read(ByteBuffer bytes, long row) throws IOException;
    }

    List<float[]> floats(long rowsMax) throws IOException {
        if (element == Element.I32) {
            throw new DatasetException(file + " holds integers, vectors were asked for");
        }
        return rows(rowsMax, this::floats);
    }

    List<int[]> ints(long rowsMax) throws IOException {
        if (element != Element.I32) {
            throw new DatasetException(file + " holds vectors, the numbers of neighbours were asked for");
        }
        return rows(rowsMax, (bytes, row) -> {
            int[] values = new int[bytes.remaining() / 4];
            bytes.asIntBuffer().get(values);
            return values;
        });
    }

    /** How many rows it says or shows that it has. */
    long count() throws IOException {
        try (InputStream in = open()) {
            long first = number(in, 0);
            if (counted) {
                return first;
            }
            return Files.size(file) / (4 + checkedDimension(first, 0) * element.bytes);
        }
    }

    private <T> List<T> rows(long rowsMax, RowReader<T> reader) throws IOException {
        List<T> rows = new ArrayList<>();
        long size = Files.size(file);
        try (InputStream in = open()) {
            long end = counted ? number(in, 0) : Long.MAX_VALUE;
            long dimension = counted ? checkedDimension(number(in, 4), 4) : 0;
            long at = counted ? 8 : 0;
            if (counted) {
                checkSize(size, end, dimension);
            }
            while (rows.size() < Math.min(rowsMax, end) && (counted || at < size)) {
                if (!counted) {
                    long own = checkedDimension(number(in, at), at);
                    if (!rows.isEmpty() && own != dimension) {
                        throw at(at, "row " + rows.size() + " has dimension " + own + ", those before it "
                                + dimension);
                    }
                    dimension = own;
                    at += 4;
                }
                byte[] bytes = in.readNBytes((int) dimension * element.bytes);
                if (bytes.length < dimension * element.bytes) {
                    throw at(at + bytes.length, "the file ends inside row " + rows.size());
                }
                rows.add(reader.read(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), rows.size()));
                at += bytes.length;
            }
        }
        return rows;
    }

    private void checkSize(long size, long rows, long dimension) throws DatasetException {
        long plain = 8 + rows * dimension * element.bytes;
        boolean withDistances = element == Element.I32 && size == plain + 4 * rows * dimension;
        if (size != plain && !withDistances) {
            throw at(Math.min(size, plain), "the file has " + size + " bytes, " + rows + " rows of dimension "
                    + dimension + " have " + plain);
        }
    }

    private float[] floats(ByteBuffer bytes, long row) throws IOException {
        float[] values = new float[bytes.remaining() / element.bytes];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (element) {
                case F32 -> bytes.getFloat();
                case U8 -> bytes.get() & 0xff;
                case I8 -> bytes.get();
                case I32 -> bytes.getInt();
            };
            if (!Float.isFinite(values[i])) {
                throw new DatasetException(file + ": row " + row + " holds " + values[i]);
            }
        }
        return values;
    }

    private InputStream open() throws IOException {
        return new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES);
    }

    private long number(InputStream in, long at) throws IOException {
        byte[] bytes = in.readNBytes(4);
        if (bytes.length < 4) {
            throw at(at + bytes.length, "the file ends where a number was to be");
        }
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt() & 0xffffffffL;
    }

    private long checkedDimension(long dimension, long at) throws DatasetException {
        if (dimension < 1 || dimension > DIMENSION_MAX) {
            throw at(at, "a dimension of " + dimension + ", must be 1 to " + DIMENSION_MAX);
        }
        return dimension;
    }

    private DatasetException at(long offset, String what) {
        return new DatasetException(file + " at offset " + offset + ": " + what);
    }
}
