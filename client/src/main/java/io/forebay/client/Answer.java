package io.forebay.client;

import java.nio.charset.StandardCharsets;

/**
 * A successful answer: its body, and of its headers the seqId ({@link Written#NO_SEQ_ID} without one) and whether an
 * earlier answer was repeated.
 */
record Answer(String route, byte[] body, long seqId, boolean replayed) {
    String utf8() {
        return new String(body, StandardCharsets.UTF_8);
    }
}
