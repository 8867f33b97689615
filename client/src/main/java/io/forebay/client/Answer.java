package io.forebay.client;

import java.nio.charset.StandardCharsets;

/** A successful answer: its body, and the seqId header ({@link Written#NO_SEQ_ID} without one). */
record Answer(String route, byte[] body, long seqId) {
    String utf8() {
        return new String(body, StandardCharsets.UTF_8);
    }
}
