package io.forebay.bench.wal;

import io.forebay.bench.load.BatchSource;
import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Payload;
import io.forebay.model.RecordBatch;
import io.forebay.wal.EntryHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Payloads to append: ids of 16 bytes and the dataset's embeddings, cut or repeated to the dimension. A few different ones,
 * 8 MB together, are used in turns: fresh bytes each time would measure making them. All sides get the same.
 *
 * <p>Threads: immutable; each user takes views of its own.
 */
final class Batches {
    private static final int ID_BYTES = 16;
    private static final int POOL_BYTES = 8 << 20;
    private static final int POOL_MIN = 4;

    /** A size of batch; 528,000, 1,552,000, 3,088,000 and 8,192 bytes. */
    enum Shape {
        D128("128", 1000, 1000 * (ID_BYTES + 128 * Float.BYTES)),
        D384("384", 1000, 1000 * (ID_BYTES + 384 * Float.BYTES)),
        D768("768", 1000, 1000 * (ID_BYTES + 768 * Float.BYTES)),
        SMALL("8k", 15, 8192);

        final String label;
        final int records;
        final int bytes;

        Shape(String label, int records, int bytes) {
            this.label = label;
            this.records = records;
            this.bytes = bytes;
        }

        /** How many fit into so many bytes, at least one. */
        int countIn(long bytesMax) {
            return (int) Math.max(1, bytesMax / bytes);
        }
    }

    private final Shape shape;
    private final EntryHeader header;
    private final ByteBuffer[] pool;
    private final byte[][] arrays;

    Batches(Shape shape, BenchData data) {
        this.shape = shape;
        this.header = new EntryHeader(1, 1, (byte) 1, shape.records, 0);
        int count = Math.max(POOL_MIN, POOL_BYTES / shape.bytes);
        RecordBatch vectors = Objects.requireNonNull(
                new BatchSource(data, Payload.VECTORS, data.size(), data.size()).next());
        float[] embedding = new float[vectors.dimension()];
        pool = new ByteBuffer[count];
        arrays = new byte[count][];
        for (int i = 0; i < count; i++) {
            pool[i] = fill(ByteBuffer.allocateDirect(shape.bytes).order(ByteOrder.LITTLE_ENDIAN), i, vectors,
                    embedding);
            arrays[i] = new byte[shape.bytes];
            pool[i].duplicate().get(arrays[i]);
        }
    }

    private ByteBuffer fill(ByteBuffer bytes, int first, RecordBatch vectors, float[] embedding) {
        int row = first * shape.records;
        int used = embedding.length;
        for (int i = 0; i < shape.records && bytes.remaining() >= ID_BYTES; i++) {
            bytes.putLong(first).putLong(i);
        }
        while (bytes.remaining() >= Float.BYTES) {
            if (used == embedding.length) {
                vectors.copyEmbedding(row++ % vectors.size(), embedding);
                used = 0;
            }
            bytes.putFloat(embedding[used++]);
        }
        return bytes.clear();
    }

    Shape shape() {
        return shape;
    }

    EntryHeader header() {
        return header;
    }

    /** The n-th payload. Not to be moved: a view is taken where the position matters. */
    ByteBuffer payload(int number) {
        return pool[number % pool.length];
    }

    /** The same bytes in the heap, for those who take nothing else. */
    byte[] array(int number) {
        return arrays[number % arrays.length];
    }

    int different() {
        return pool.length;
    }
}
