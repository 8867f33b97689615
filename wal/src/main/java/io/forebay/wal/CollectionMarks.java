package io.forebay.wal;

import java.util.Arrays;
import java.util.function.IntToLongFunction;

/**
 * The highest seqId of each collection in one extent: open addressing in two arrays, so that an append allocates nothing.
 * SeqIds begin at 1, so 0 marks a free place.
 *
 * <p>Threads: one writes; others read only after the extent is sealed (its volatile flag publishes).
 */
final class CollectionMarks {
    /** Takes a collection and its highest seqId. */
    interface Visitor {
        void visit(int collection, long seqId);
    }

    private int[] collections = new int[16];
    private long[] seqIds = new long[16];
    private int size;

    void raise(int collection, long seqId) {
        int at = place(collection);
        if (seqIds[at] == 0) {
            if (size * 2 >= seqIds.length) {
                grow();
                at = place(collection);
            }
            size++;
            collections[at] = collection;
        }
        if (seqIds[at] < seqId) {
            seqIds[at] = seqId;
        }
    }

    private int place(int collection) {
        int mask = seqIds.length - 1;
        int at = collection * 0x9e3779b9 >>> Integer.numberOfLeadingZeros(mask);
        while (seqIds[at] != 0 && collections[at] != collection) {
            at = at + 1 & mask;
        }
        return at;
    }

    private void grow() {
        int[] oldCollections = collections;
        long[] oldSeqIds = seqIds;
        collections = new int[oldCollections.length * 2];
        seqIds = new long[oldSeqIds.length * 2];
        for (int i = 0; i < oldSeqIds.length; i++) {
            if (oldSeqIds[i] != 0) {
                int at = place(oldCollections[i]);
                collections[at] = oldCollections[i];
                seqIds[at] = oldSeqIds[i];
            }
        }
    }

    /** Each collection with its highest seqId. */
    void forEach(Visitor visitor) {
        for (int i = 0; i < seqIds.length; i++) {
            if (seqIds[i] != 0) {
                visitor.visit(collections[i], seqIds[i]);
            }
        }
    }

    /** The collections with a seqId above their checkpoint. */
    int[] above(IntToLongFunction checkpointSeqIdOf) {
        int[] found = new int[size];
        int count = 0;
        for (int i = 0; i < seqIds.length; i++) {
            if (seqIds[i] != 0 && seqIds[i] > checkpointSeqIdOf.applyAsLong(collections[i])) {
                found[count++] = collections[i];
            }
        }
        return Arrays.copyOf(found, count);
    }

    boolean coveredBy(IntToLongFunction checkpointSeqIdOf) {
        return above(checkpointSeqIdOf).length == 0;
    }
}
