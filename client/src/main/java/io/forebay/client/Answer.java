package io.forebay.client;

import io.forebay.model.ReadOptions;
import io.forebay.model.ReadPosition;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A successful answer: its body, and of its headers the seqId ({@link Written#NO_SEQ_ID} without one), whether an
 * earlier answer was repeated, and which state of the collection it shows (null from a server that does not say).
 */
record Answer(String route, byte[] body, long seqId, boolean replayed, @Nullable ReadPosition position) {
    String utf8() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** Tells whoever wants to know what the read saw. */
    Answer tell(ReadOptions options) {
        if (options.position() != null && position != null) {
            options.position().accept(position);
        }
        return this;
    }
}
