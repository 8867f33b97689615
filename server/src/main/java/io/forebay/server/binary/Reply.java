package io.forebay.server.binary;

import io.forebay.model.wire.Fields;
import io.forebay.model.wire.FrameType;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What a request is answered with; its payload is written on the connection's thread, right into the buffer that is sent.
 *
 * @param payloadBytes about so many
 * @param called       null of a frame that is no call
 */
record Reply(FrameType type, int status, Fields head, int payloadBytes, Payload payload,
        @Nullable Called called) {
    private static final Payload NOTHING = out -> {};

    @FunctionalInterface
    interface Payload {
        void writeTo(ByteBuf out) throws IOException;
    }

    static Reply of(Fields head) {
        return new Reply(FrameType.ANSWER, 200, head, 0, NOTHING, null);
    }

    static Reply of(Fields head, int payloadBytes, Payload payload) {
        return new Reply(FrameType.ANSWER, 200, head, payloadBytes, payload, null);
    }

    static Reply failed(int status, Fields head) {
        return new Reply(FrameType.ERROR, status, head, 0, NOTHING, null);
    }

    /** The same as the last frame of a feed. */
    Reply atEnd() {
        return new Reply(FrameType.END, status, head, 0, NOTHING, null);
    }
}
