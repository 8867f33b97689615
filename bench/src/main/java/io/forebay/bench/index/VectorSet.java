package io.forebay.bench.index;

import io.forebay.model.Space;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows, queries and the exact answers. For cosine all of them have unit length, so that a peer that knows
 * only the inner product does the same work.
 */
final class VectorSet {
    /** Neighbours asked for, everywhere in this benchmark. */
    static final int K = 10;
    /** As many as the server appends in one batch, about. */
    static final int BATCH = 1000;

    private final String name;
    private final Space space;
    private final float[][] rows;
    private final float[][] queries;
    private @Nullable ExactAnswers exact;
    private @Nullable List<ByteBuffer> batches;

    VectorSet(String name, Space space, float[][] rows, float[][] queries) {
        if (rows.length < K || queries.length == 0) {
            throw new IllegalArgumentException(
                    name + ": " + rows.length + " rows and " + queries.length + " queries");
        }
        this.name = name;
        this.space = space;
        this.rows = rows;
        this.queries = queries;
        if (space == Space.COSINE) {
            normalize(rows);
            normalize(queries);
        }
    }

    private static void normalize(float[][] vectors) {
        for (float[] vector : vectors) {
            double sum = 0;
            for (float component : vector) {
                sum += (double) component * component;
            }
            float factor = sum == 0 ? 1 : (float) (1 / Math.sqrt(sum));
            for (int i = 0; i < vector.length; i++) {
                vector[i] *= factor;
            }
        }
    }

    String name() {
        return name;
    }

    Space space() {
        return space;
    }

    int dimension() {
        return rows[0].length;
    }

    int size() {
        return rows.length;
    }

    float[][] rows() {
        return rows;
    }

    float[][] queries() {
        return queries;
    }

    /** The exact answers of all queries over all rows; computed once. */
    ExactAnswers exact() throws Exception {
        ExactAnswers known = exact;
        if (known == null) {
            known = ExactAnswers.of(rows, queries, space, K, null);
            exact = known;
        }
        return known;
    }

    /** The rows as a segment takes them, {@value #BATCH} to a buffer; made once, before any clock starts. */
    List<ByteBuffer> batches() {
        List<ByteBuffer> known = batches;
        if (known == null) {
            known = new ArrayList<>();
            for (int from = 0; from < rows.length; from += BATCH) {
                known.add(bytes(rows, from, Math.min(rows.length, from + BATCH)));
            }
            batches = known;
        }
        return known;
    }

    /** Rows from (inclusive) to (exclusive), as a segment takes them. */
    static ByteBuffer bytes(float[][] rows, int from, int to) {
        int dimension = rows[from].length;
        ByteBuffer bytes = ByteBuffer.allocateDirect((to - from) * dimension * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int row = from; row < to; row++) {
            bytes.asFloatBuffer().put(rows[row]);
            bytes.position(bytes.position() + dimension * Float.BYTES);
        }
        return bytes.flip();
    }
}
