package io.forebay.index.vector;

/**
 * What is done with one row of links: first those there are, {@link NativeGraph#NONE} from there on.
 *
 * <p>Threads: the caller holds the lock of the row's stripe.
 */
final class LinkRow {

    private LinkRow() {}

    static int used(long row, int max) {
        int used = 0;
        while (used < max && Memory.getInt(row + ((long) used << 2)) != NativeGraph.NONE) {
            used++;
        }
        return used;
    }

    static int countProtected(long row, int used) {
        int count = 0;
        for (int i = 0; i < used; i++) {
            count += Memory.getInt(row + ((long) i << 2)) >>> 31;
        }
        return count;
    }

    /** Place of the link to this node, or -1. */
    static int indexOf(long row, int used, int node) {
        for (int i = 0; i < used; i++) {
            if ((Memory.getInt(row + ((long) i << 2)) & ~NativeGraph.PROTECTED) == node) {
                return i;
            }
        }
        return -1;
    }

    /** Adds those that are not there, as far as there is room. */
    static void addAll(long row, int max, int[] nodes) {
        int used = used(row, max);
        for (int i = 0; i < nodes.length && used < max; i++) {
            if (indexOf(row, used, nodes[i]) < 0) {
                Memory.putInt(row + ((long) used++ << 2), nodes[i]);
            }
        }
    }
}
