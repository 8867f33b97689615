package io.forebay.etl.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Rows of a NumPy array. The header says how many there are; a file with fewer or more bytes is refused. */
final class NpyVectors implements Vectors {
    private final ExpandedInput in;
    private final NpyHeader header;
    private final byte[] row;
    private final ByteBuffer numbers;
    private long nextRow;

    NpyVectors(ExpandedInput in) throws IOException {
        this.in = in;
        header = NpyHeader.read(in);
        row = new byte[header.rowBytes()];
        numbers = ByteBuffer.wrap(row).order(header.order());
        long size = in.size();
        long expected = header.headerBytes() + header.rows() * header.rowBytes();
        if (size >= 0 && size != expected) {
            throw new UnreadableFileException(
                    "The .npy file has " + size + " bytes, its header promises " + expected
                            + " (" + header.rows() + " vectors of " + header.columns() + " components)");
        }
    }

    @Override
    public float @Nullable [] next() throws IOException {
        if (nextRow == header.rows()) {
            if (in.read() >= 0) {
                throw new UnreadableFileException("The .npy file goes on behind the " + header.rows()
                        + " vectors that its header promises");
            }
            return null;
        }
        int count = in.readNBytes(row, 0, row.length);
        if (count < row.length) {
            throw new UnreadableFileException(
                    "The .npy file ends in vector " + (nextRow + 1) + ", its header promises "
                            + header.rows());
        }
        nextRow++;
        return floats();
    }

    private float[] floats() {
        float[] vector = new float[header.columns()];
        numbers.clear();
        switch (header.bytesPerNumber()) {
            case 2 -> {
                for (int i = 0; i < vector.length; i++) {
                    vector[i] = Float.float16ToFloat(numbers.getShort());
                }
            }
            case 4 -> numbers.asFloatBuffer().get(vector);
            default -> {
                for (int i = 0; i < vector.length; i++) {
                    vector[i] = (float) numbers.getDouble();
                }
            }
        }
        return vector;
    }

    @Override
    public long skip(long count) throws IOException {
        long rows = Math.min(count, header.rows() - nextRow);
        long skipped = in.skipUpTo(rows * header.rowBytes()) / header.rowBytes();
        nextRow += skipped;
        if (skipped < rows) {
            throw new UnreadableFileException(
                    "The .npy file ends in vector " + (nextRow + 1) + ", its header promises "
                            + header.rows());
        }
        return skipped;
    }

    @Override
    public long total() {
        return header.rows();
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
