package io.forebay.client;

import io.forebay.model.wire.Fields;
import io.forebay.model.wire.FrameHeader;
import io.forebay.model.wire.FrameType;
import java.util.Objects;

/** A frame from the server. */
record WireAnswer(FrameHeader header, Fields head, byte[] payload) {
    FrameType type() {
        return Objects.requireNonNull(FrameType.of(header.typeCode()));
    }
}
