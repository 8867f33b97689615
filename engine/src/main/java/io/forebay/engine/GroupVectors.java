package io.forebay.engine;

import io.forebay.index.record.VectorChanges;
import io.forebay.index.vector.VectorSegment;
import io.forebay.model.RecordBatch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Brings the vectors of a group into the arena, not visible yet. When it fails, also with an Error, the segment is as
 * before.
 */
final class GroupVectors {
    private GroupVectors() {}

    static void stage(VectorSegment segment, VectorChanges changes, List<RecordBatch> batches) {
        try {
            if (changes.count() > 0) {
                // Before anything is written: below the record segment's count rows belong to records.
                if (segment.count() != changes.firstOrdinal()) {
                    throw new IllegalStateException("the arena is at ordinal " + segment.count()
                            + ", the record segment at " + changes.firstOrdinal());
                }
                segment.append(vectorsOf(changes, batches), changes.rows(), changes.count());
            }
            for (int ordinal : changes.killedOrdinals()) {
                segment.kill(ordinal);
            }
        } catch (RuntimeException | Error failure) {
            segment.rollback();
            throw failure;
        }
    }

    /** The embeddings in the order of their ordinals: the batch's own bytes when it is one batch taken whole. */
    private static ByteBuffer vectorsOf(VectorChanges changes, List<RecordBatch> batches) {
        RecordBatch first = batches.get(changes.batches()[0]);
        if (isWhole(changes, first)) {
            return first.embeddings();
        }
        int rowBytes = 4 * first.dimension();
        ByteBuffer gathered = ByteBuffer.allocateDirect(Math.multiplyExact(rowBytes, changes.count()))
                .order(ByteOrder.LITTLE_ENDIAN);
        int current = -1;
        ByteBuffer source = gathered;
        for (int i = 0; i < changes.count(); i++) {
            if (changes.batches()[i] != current) {
                current = changes.batches()[i];
                source = batches.get(current).embeddings();
            }
            gathered.put(source.slice(changes.embeddingIndexes()[i] * rowBytes, rowBytes));
        }
        return gathered.flip();
    }

    private static boolean isWhole(VectorChanges changes, RecordBatch batch) {
        if (changes.count() != batch.embeddingCount()) {
            return false;
        }
        for (int i = 0; i < changes.count(); i++) {
            if (changes.batches()[i] != changes.batches()[0] || changes.embeddingIndexes()[i] != i) {
                return false;
            }
        }
        return true;
    }
}
