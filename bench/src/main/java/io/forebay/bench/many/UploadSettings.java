package io.forebay.bench.many;

import java.util.List;
import java.util.Set;

/**
 * What {@code bench parallel-upload} measures and how much of it.
 *
 * @param records    of all collections of a case together, in part {@code linked}
 * @param batch      records of one batch of part {@code linked}, at most
 * @param ackBatches of all collections of a case together, in parts {@code acks} and {@code slow_acks}
 * @param ackBatch   records of one batch of these
 * @param syncMillis that a sync takes longer in part {@code slow_acks}
 */
public record UploadSettings(Set<UploadPart> parts, List<UploadCase> cases, int rounds, boolean warmUp,
        long records, int batch, int ackBatches, int ackBatch,
        double syncMillis) {

    int firstRound() {
        return warmUp ? 0 : 1;
    }

    /** Records of one batch: smaller where an upload is less than one. */
    int batchOf(UploadPart part, UploadCase of) {
        return part != UploadPart.LINKED
                ? ackBatch
                : (int) Math.min(batch, Math.max(1, records / of.collections()));
    }

    /** Batches of one upload: of each the same number, so that all uploads are equal. */
    int batchesOf(UploadPart part, UploadCase of) {
        long all = part != UploadPart.LINKED ? ackBatches : records / batchOf(part, of);
        return (int) Math.max(1, all / of.collections());
    }
}
