package io.forebay.index.vector;

import java.lang.ref.Reference;
import java.util.Arrays;
import org.roaringbitmap.BatchIterator;
import org.roaringbitmap.RoaringBitmap;

/**
 * Scans many rows by their codes, a quarter of the bytes, and offers to an {@link ExactScan} those whose
 * distance by codes does not exclude that they are among its k nearest ({@link CodeLimit}). So the answer is
 * that of the exact scan, also where distances are equal at the cut, but for the one case in millions that an
 * error is greater than five deviations.
 *
 * <p>The limit follows the k-th distance found so far. Of each block the nearest are offered first: what
 * comes sorted with the farthest in front then costs a few exact distances a block, not one a row.
 *
 * <p>Threads: one owner, on the thread whose scratch it is.
 */
final class CodeScan {

    /** Fewer rows than this are scanned exactly as fast. */
    static final int ROWS_MIN = 256;
    /** Rows of one kernel call; a call costs as much as two rows. */
    private static final int BLOCK = 256;
    /** The first block, of which all are offered while there are fewer than k. */
    private static final int BLOCK_FIRST = 32;
    /** So many are offered as they come. */
    private static final int FEW = 4;

    private final CodeRows codes;
    private final CodeQuery query;
    private final DeadSet hidden;
    private final ExactScan scan;
    private final CodeLimit limit;
    private final int[] ordinals = new int[BLOCK];
    private final float[] distances = new float[BLOCK];
    private final long[] keys = new long[BLOCK];
    private int block = BLOCK_FIRST;

    private CodeScan(CodeRows codes, CodeQuery query, DeadSet hidden, ExactScan scan) {
        this.codes = codes;
        this.query = query;
        this.hidden = hidden;
        this.scan = scan;
        this.limit = new CodeLimit(codes.encoder(), query, CodeLimit.SCAN_DEVIATIONS);
        limit.set(scan.bound());
    }

    /**
     * Whether so many rows are scanned faster by codes, if their segment has any, for the k nearest of them.
     */
    static boolean pays(VectorView view, PreparedQuery query, int rows, int k) {
        return rows >= ROWS_MIN && k <= rows >>> 2 && view.hasCodes() && !query.zero();
    }

    /** Offers to {@code scan} what of {@code [from, to)} may be among its nearest. */
    static void range(PreparedQuery query, VectorView view, ExactScan scan, int from, int to) {
        CodeQuery encoded = encode(query, view);
        if (!CodeLimit.holdsFor(encoded)) {
            scan.range(from, to);
            return;
        }
        new CodeScan(view.codes(), encoded, view.hidden(), scan).range(from, to);
    }

    /** The same for the members of {@code allowed} in that range. */
    static void members(PreparedQuery query, VectorView view, ExactScan scan, RoaringBitmap allowed, int from,
            int to) {
        CodeQuery encoded = encode(query, view);
        if (!CodeLimit.holdsFor(encoded)) {
            scan.members(allowed, from, to);
            return;
        }
        new CodeScan(view.codes(), encoded, view.hidden(), scan).members(allowed, from, to);
    }

    private static CodeQuery encode(PreparedQuery query, VectorView view) {
        GraphScratch scratch = GraphScratch.ofThread();
        view.codes().encoder().encode(query.padded(), scratch.query, scratch.encoding);
        return scratch.query;
    }

    private void range(int from, int to) {
        int at = from;
        while (at < to) {
            int count = Math.min(block, to - at);
            if (hidden.size() == 0 || !hidden.containsAll(at, at + count)) {
                for (int i = 0; i < count; i++) {
                    ordinals[i] = at + i;
                }
                score(count);
            }
            at += count;
        }
    }

    private void members(RoaringBitmap allowed, int from, int to) {
        BatchIterator members = allowed.getBatchIterator();
        members.advanceIfNeeded(from);
        int[] buffer = new int[BLOCK];
        int count = 0;
        while (members.hasNext()) {
            int read = members.nextBatch(buffer);
            for (int i = 0; i < read; i++) {
                int ordinal = buffer[i];
                if (ordinal < 0 || ordinal >= to) {
                    score(count);
                    return;
                }
                if (ordinal >= from) {
                    ordinals[count++] = ordinal;
                    if (count >= block) {
                        score(count);
                        count = 0;
                    }
                }
            }
        }
        score(count);
    }

    /** Of the first so many ordinals. */
    private void score(int count) {
        block = Math.min(BLOCK, 2 * block);
        CodeKernels.distances(query, codes, ordinals, count, distances);
        int near = 0;
        for (int i = 0; i < count; i++) {
            int ordinal = ordinals[i];
            if (!limit.excludes(distances[i], codes.scale(ordinal)) && !hidden.contains(ordinal)) {
                keys[near++] = (long) NearestHeap.sortable(distances[i]) << 32 | ordinal;
            }
        }
        Reference.reachabilityFence(codes);
        if (near > 0) {
            offer(near);
        }
    }

    private void offer(int near) {
        if (near > FEW) {
            Arrays.sort(keys, 0, near);
        }
        for (int i = 0; i < near; i++) {
            int ordinal = (int) keys[i];
            if (!limit.excludes(GraphScratch.distance(keys[i]), codes.scale(ordinal))) {
                scan.offer(ordinal);
            }
            if ((i & FEW - 1) == FEW - 1) {
                limit.set(scan.bound());
            }
        }
        limit.set(scan.bound());
    }
}
