package io.forebay.index.vector;

/**
 * What was dead in a segment's published view at one moment: see {@link VectorSegment#reclaim}.
 *
 * <p>Threads: immutable.
 */
public final class DeadRows {

    private final DeadSet dead;
    private final int count;

    DeadRows(DeadSet dead, int count) {
        this.dead = dead;
        this.count = count;
    }

    public boolean isEmpty() {
        return dead.size() == 0;
    }

    /** True if every ordinal of this block below the count was dead. */
    boolean coversBlock(int block) {
        return dead.containsAll(ArenaLayout.firstOf(block), ArenaLayout.endOf(block, count));
    }

    /** True if this block is full, and all of it was dead. */
    boolean coversWholeBlock(int block) {
        return ArenaLayout.endOf(block, count) - ArenaLayout.firstOf(block) == ArenaLayout.BLOCK_ROWS
                && coversBlock(block);
    }

    /** Ordinals below this were published. */
    int count() {
        return count;
    }
}
