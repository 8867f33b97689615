package io.forebay.server.migrate;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One collection on its way: what it is, where it goes, how far it is.
 *
 * <p>Threads: one works on it; any number looks at its counters.
 */
public final class PlannedCollection {
    private final SourceCollection source;
    private final String targetName;
    private final Existing existing;
    private final long expected;
    private final AtomicLong copied = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong compared = new AtomicLong();
    private volatile long resumedAt;
    private volatile double seconds;
    private volatile @Nullable Differences differences;
    private volatile @Nullable String failure;

    /** What was at the target before. */
    public enum Existing {
        NOTHING, OURS, OTHERS
    }

    PlannedCollection(SourceCollection source, String targetName, Existing existing, long expected) {
        this.source = source;
        this.targetName = targetName;
        this.existing = existing;
        this.expected = expected;
    }

    public SourceCollection source() {
        return source;
    }

    public String targetName() {
        return targetName;
    }

    public Existing existing() {
        return existing;
    }

    /** Records of the source when the migration began. */
    public long expected() {
        return expected;
    }

    /** Of the source's records, those that are acknowledged, in earlier runs too. */
    public long copied() {
        return copied.get();
    }

    public long refused() {
        return refused.get();
    }

    public long compared() {
        return compared.get();
    }

    /** Copied in earlier runs. */
    public long resumedAt() {
        return resumedAt;
    }

    /** From its first request to the acknowledgement of its last record, without the comparison. */
    public double seconds() {
        return seconds;
    }

    /** Null when nothing was compared. */
    public @Nullable Differences differences() {
        return differences;
    }

    /** Null unless it failed. */
    public @Nullable String failure() {
        return failure;
    }

    public boolean isFine() {
        Differences found = differences;
        return failure == null && (found == null || found.isEmpty());
    }

    void resumed(long records, long refusedBefore) {
        resumedAt = records;
        copied.set(records);
        refused.set(refusedBefore);
    }

    void acked(long records) {
        copied.addAndGet(records);
    }

    void refused(long records) {
        refused.addAndGet(records);
    }

    void took(double itsSeconds) {
        seconds = itsSeconds;
    }

    void comparing(long records) {
        compared.addAndGet(records);
    }

    void compared(Differences found) {
        differences = found;
    }

    void failed(String reason) {
        failure = reason;
    }
}
