package io.forebay.engine.history;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record of the model.
 *
 * @param vectorStamp of the write that brought its embedding
 * @param vectorSeqId the last seqId of that write
 */
record RecordState(long vectorStamp, long vectorSeqId, long documentStamp, Map<String, Long> metadata) {

    /** What the write makes of it; null stands for no record. */
    static @Nullable RecordState after(Write write, @Nullable RecordState before) {
        return switch (write.operation()) {
            case ADD -> before == null ? made(write) : before;
            case UPSERT -> before == null ? made(write) : before.merged(write);
            case UPDATE -> before == null ? null : before.merged(write);
            case DELETE -> null;
        };
    }

    private static RecordState made(Write write) {
        return new RecordState(write.stamp(), write.maxSeqId(), write.stamp(),
                Content.metadata(write.client(), write.stamp()));
    }

    private RecordState merged(Write write) {
        Map<String, Long> both = new LinkedHashMap<>(metadata);
        both.putAll(Content.metadata(write.client(), write.stamp()));
        return new RecordState(write.withVector() ? write.stamp() : vectorStamp,
                write.withVector() ? write.maxSeqId() : vectorSeqId, write.stamp(), both);
    }

    /** Whether the answer shows exactly this. */
    boolean isShownBy(Seen seen) {
        return metadata.equals(seen.metadata())
                && Content.document(seen.id(), documentStamp).equals(seen.document())
                && (seen.embedding() == null || java.util.Arrays.equals(seen.embedding(),
                        Content.vector(seen.id(), vectorStamp)));
    }
}
