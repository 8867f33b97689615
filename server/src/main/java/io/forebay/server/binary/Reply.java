package io.forebay.server.binary;

import io.forebay.model.wire.Fields;
import io.forebay.model.wire.FrameType;
import io.netty.buffer.ByteBuf;
import java.io.IOException;

/**
 * What a request is answered with; its payload is written on the connection's thread, right into the buffer that is sent.
 *
 * @param payloadBytes about so many
 */
record Reply(FrameType type, int status, Fields head, int payloadBytes, Payload payload) {
    private static final Payload NOTHING = out -> {};

    @FunctionalInterface
    interface Payload {
        void writeTo(ByteBuf out) throws IOException;
    }

    static Reply of(Fields head) {
        return new Reply(FrameType.ANSWER, 200, head, 0, NOTHING);
    }

    static Reply of(Fields head, int payloadBytes, Payload payload) {
        return new Reply(FrameType.ANSWER, 200, head, payloadBytes, payload);
    }

    static Reply failed(int status, Fields head) {
        return new Reply(FrameType.ERROR, status, head, 0, NOTHING);
    }

    /** The same as the last frame of a feed. */
    Reply atEnd() {
        return new Reply(FrameType.END, status, head, 0, NOTHING);
    }
}
