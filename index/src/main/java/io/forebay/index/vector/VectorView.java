package io.forebay.index.vector;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;
import org.roaringbitmap.RoaringBitmapWriter;

/**
 * What one query sees of a vector segment: the ordinals below a count, without those that were dead when it
 * was published.
 *
 * <p>Threads: immutable; any number of threads, at any time, also after the segment was closed (the mapping
 * lives as long as a view that reads it).
 *
 * <p>Invariants: later appends, kills, links and rebuilds change nothing of what a view answers but how fast.
 */
public final class VectorView {

    private final Linker linker;
    private final VectorConfig config;
    private final ArenaRows rows;
    private final @Nullable CodeRows codes;
    private final int count;
    private final DeadSet dead;
    private final DeadSet hidden;
    private final long sequence;

    /** @param hidden {@code dead} and the damaged rows, which are kept out of searches but do live */
    VectorView(Linker linker, VectorConfig config, ArenaRows rows, @Nullable CodeRows codes, int count,
            DeadSet dead, DeadSet hidden, long sequence) {
        this.linker = linker;
        this.config = config;
        this.rows = rows;
        this.codes = codes;
        this.count = count;
        this.dead = dead;
        this.hidden = hidden;
        this.sequence = sequence;
    }

    /** The same view over rows that lack blocks in which all is dead. */
    VectorView over(ArenaRows fewer, @Nullable CodeRows fewerCodes) {
        return new VectorView(linker, config, fewer, fewerCodes, count, dead, hidden, sequence);
    }

    /** Ordinals seen: {@code [0, count)}, dead ones included. */
    public int count() {
        return count;
    }

    public int liveCount() {
        return count - dead.size();
    }

    public boolean isLive(int ordinal) {
        return ordinal >= 0 && ordinal < count && !dead.contains(ordinal);
    }

    /**
     * The k nearest live ordinals, or all of them if there are fewer; with {@code allowed}, of its members
     * only.
     *
     * @param allowed is not changed and must not change during the call
     */
    public Neighbors search(float[] query, int k, @Nullable RoaringBitmap allowed, SearchOptions options) {
        if (k < 1) {
            throw new IllegalArgumentException("k out of range: " + k);
        }
        int ef = options.ef() == 0 ? linker.efSearch() : options.ef();
        Search search = new Search(this, PreparedQuery.of(query, config), k, ef, allowed);
        return search.run(linker.graph(), options.skipTail());
    }

    /** Record number in the record segment. */
    public int row(int ordinal) {
        checkOrdinal(ordinal);
        return rows.rowNumber(ordinal);
    }

    /** Live ordinals of these record numbers: one look at every ordinal, some nanoseconds each. */
    public RoaringBitmap ordinalsOf(RoaringBitmap rowNumbers) {
        RoaringBitmapWriter<RoaringBitmap> found = RoaringBitmapWriter.writer().get();
        if (!rowNumbers.isEmpty()) {
            long[] wanted = new long[(rowNumbers.last() >>> 6) + 1];
            rowNumbers.forEach((int row) -> wanted[row >>> 6] |= 1L << row);
            for (int ordinal = 0; ordinal < count; ordinal++) {
                int row = rows.rowNumber(ordinal);
                int word = row >>> 6;
                if (word < wanted.length && (wanted[word] & 1L << row) != 0 && !dead.contains(ordinal)) {
                    found.add(ordinal);
                }
            }
        }
        return found.get();
    }

    /** Copies the vector into the first elements of {@code target}. */
    public void copyVector(int ordinal, float[] target) {
        checkOrdinal(ordinal);
        rows.copy(ordinal, target);
    }

    private void checkOrdinal(int ordinal) {
        if (ordinal < 0 || ordinal >= count) {
            throw new IndexOutOfBoundsException("ordinal " + ordinal + " of " + count);
        }
    }

    VectorConfig config() {
        return config;
    }

    ArenaRows rows() {
        return rows;
    }

    /** What the native graph walks on; only there with that engine. */
    CodeRows codes() {
        return Objects.requireNonNull(codes);
    }

    boolean hasCodes() {
        return codes != null;
    }

    long codeBytes() {
        return codes == null ? 0 : codes.bytes();
    }

    DeadSet dead() {
        return dead;
    }

    DeadSet hidden() {
        return hidden;
    }

    /** Number of the publish that made this view. */
    long sequence() {
        return sequence;
    }

    SearchTuning tuning() {
        return linker.tuning();
    }
}
