package io.forebay.etl.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Rows of an {@code .fvecs} file: each its dimension as an int32 and as many float32, little-endian; one dimension for all. */
final class FvecsVectors implements Vectors {
    private final ExpandedInput in;
    private final int dimension;
    private final byte[] row;
    private final ByteBuffer numbers;
    /** How many bytes of the next row were read already: the first dimension is needed before any row. */
    private int ahead;
    private long nextRow;

    FvecsVectors(ExpandedInput in) throws IOException {
        this.in = in;
        byte[] first = in.readNBytes(4);
        dimension = first.length < 4 ? 0 : little(first).getInt(0);
        if (dimension < 1 || dimension > DIMENSION_MAX) {
            throw new UnreadableFileException(
                    "The .fvecs file cannot be read: vector 1 would have " + dimension
                            + " components");
        }
        row = new byte[4 + 4 * dimension];
        System.arraycopy(first, 0, row, 0, 4);
        numbers = little(row);
        ahead = 4;
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public float @Nullable [] next() throws IOException {
        int count = ahead + in.readNBytes(row, ahead, row.length - ahead);
        ahead = 0;
        if (count == 0) {
            return null;
        }
        require(count == row.length);
        if (numbers.getInt(0) != dimension) {
            throw new UnreadableFileException(
                    "The .fvecs file cannot be read: vector " + (nextRow + 1) + " would have "
                            + numbers.getInt(0) + " components, the first has " + dimension);
        }
        nextRow++;
        float[] vector = new float[dimension];
        numbers.slice(4, 4 * dimension).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
        return vector;
    }

    private void require(boolean whole) throws UnreadableFileException {
        if (!whole) {
            throw new UnreadableFileException("The .fvecs file ends in vector " + (nextRow + 1));
        }
    }

    @Override
    public long skip(long count) throws IOException {
        long wanted = Math.min(count, Long.MAX_VALUE / row.length);
        if (wanted == 0) {
            return 0;
        }
        long bytes = ahead + in.skipUpTo(wanted * row.length - ahead);
        ahead = 0;
        nextRow += bytes / row.length;
        require(bytes % row.length == 0);
        return bytes / row.length;
    }

    @Override
    public long total() {
        try {
            return in.size() < 0 ? -1 : in.size() / row.length;
        } catch (IOException e) {
            return -1;
        }
    }

    @Override
    public long fileBytes() {
        return in.fileBytes();
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
