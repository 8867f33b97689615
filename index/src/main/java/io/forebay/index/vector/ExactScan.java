package io.forebay.index.vector;

import io.forebay.model.Space;
import java.lang.ref.Reference;
import org.roaringbitmap.BatchIterator;
import org.roaringbitmap.RoaringBitmap;

/**
 * Scores ordinals against one query and keeps the nearest: scattered ones four rows per kernel call, runs of
 * neighbours one after the other, each the faster way for its kind (see {@link DistanceKernels}).
 *
 * <p>Every distance that leaves the segment is computed here, also those of graph hits, and a row's score
 * does not depend on the way, so that equal vectors have equal distances however they were found.
 *
 * <p>Threads: one owner. Allocates nothing per row.
 *
 * <p>Invariants: every method that leads to a kernel ends with a fence on the rows, whose mappings the
 * addresses point into.
 */
final class ExactScan {

    private static final int BATCH = 4;

    private final float[] query;
    private final Space space;
    private final ArenaRows rows;
    private final NearestHeap heap;
    private final DeadSet hidden;
    private final int[] pending = new int[BATCH];
    /** Of a batch: scores, then squared norms. */
    private final float[] scores = new float[2 * BATCH];
    private int pendingCount;

    ExactScan(PreparedQuery query, ArenaRows rows, DeadSet hidden, int k) {
        this.query = query.padded();
        this.space = query.space();
        this.rows = rows;
        this.hidden = hidden;
        this.heap = new NearestHeap(k);
    }

    /** Scores every ordinal of {@code [from, to)} that is not hidden. */
    void range(int from, int to) {
        boolean someHidden = hidden.size() > 0;
        try {
            for (int ordinal = from; ordinal < to; ordinal++) {
                if (!someHidden || !hidden.contains(ordinal)) {
                    heap.offer(distanceOfOne(rows.address(ordinal)), ordinal);
                }
            }
        } finally {
            Reference.reachabilityFence(rows);
        }
    }

    /** Scores every member of {@code allowed} in {@code [from, to)} that is not hidden. */
    void members(RoaringBitmap allowed, int from, int to) {
        int[] buffer = new int[256];
        BatchIterator members = allowed.getBatchIterator();
        members.advanceIfNeeded(from);
        while (members.hasNext()) {
            int read = members.nextBatch(buffer);
            for (int i = 0; i < read; i++) {
                int ordinal = buffer[i];
                if (ordinal < 0 || ordinal >= to) {
                    return;
                }
                if (ordinal >= from && !hidden.contains(ordinal)) {
                    offer(ordinal);
                }
            }
        }
    }

    /** Scores one ordinal, which the caller has found to be visible. */
    void offer(int ordinal) {
        pending[pendingCount++] = ordinal;
        if (pendingCount == BATCH) {
            score();
        }
    }

    /** Drops everything that was found. */
    void forget() {
        pendingCount = 0;
        heap.drain();
    }

    /** The greatest distance that would still be kept; infinite while there are fewer than k. */
    float bound() {
        score();
        return heap.bound();
    }

    /** How many there are so far, up to k. */
    int found() {
        score();
        return heap.size();
    }

    Neighbors finish() {
        score();
        return heap.drain();
    }

    private float distanceOfOne(long row) {
        switch (space) {
            case L2 -> scores[0] = DistanceKernels.squaredL2Row(query, row, query.length);
            case IP -> scores[0] = DistanceKernels.dotRow(query, row, query.length);
            case COSINE -> DistanceKernels.dotAndNormRow(query, row, query.length, scores);
        }
        return distance(0, row);
    }

    private void score() {
        int count = pendingCount;
        if (count == 0) {
            return;
        }
        pendingCount = 0;
        try {
            // The last call may have fewer rows: the first stands in for the missing ones, its repeated
            // scores are dropped.
            long r0 = rows.address(pending[0]);
            long r1 = count > 1 ? rows.address(pending[1]) : r0;
            long r2 = count > 2 ? rows.address(pending[2]) : r0;
            long r3 = count > 3 ? rows.address(pending[3]) : r0;
            switch (space) {
                case L2 -> DistanceKernels.squaredL2Rows(query, r0, r1, r2, r3, query.length, scores);
                case IP -> DistanceKernels.dotRows(query, r0, r1, r2, r3, query.length, scores);
                case COSINE -> DistanceKernels.dotAndNormRows(query, r0, r1, r2, r3, query.length, scores);
            }
            for (int i = 0; i < count; i++) {
                heap.offer(distance(i, rows.address(pending[i])), pending[i]);
            }
        } finally {
            Reference.reachabilityFence(rows);
        }
    }

    /** Of the row that the last kernel call scored in place {@code i}. */
    private float distance(int i, long row) {
        float distance = switch (space) {
            case L2 -> scores[i];
            case IP -> 1 - scores[i];
            case COSINE -> 1 - scores[i] * PreparedQuery.inverseNorm(scores[BATCH + i], row, query.length);
        };
        return Float.isFinite(distance) ? distance : wideDistance(row);
    }

    /** For magnitudes that single precision does not hold. */
    private float wideDistance(long row) {
        return (float) switch (space) {
            case L2 -> ScalarKernels.squaredL2Row(query, row, query.length);
            case IP -> 1 - ScalarKernels.dotRow(query, row, query.length);
            case COSINE -> 1 - ScalarKernels.dotRow(query, row, query.length)
                    / Math.sqrt(ScalarKernels.norm2Row(row, query.length));
        };
    }
}
