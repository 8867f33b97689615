package io.forebay.server.binary;

import io.forebay.model.ErrorCode;
import io.forebay.model.wire.FrameHeader;
import io.forebay.model.wire.FrameType;
import org.jspecify.annotations.Nullable;

/** What a frame of a client may be, whatever else is under way. */
final class FrameRules {
    /** Those about the connection have next to nothing in them, and are taken before anybody said who he is. */
    private static final int ABOUT_BYTES_MAX = 64 << 10;
    private static final int SERVER_CODES = 128;

    private FrameRules() {}

    static boolean isAboutConnection(FrameType type) {
        return switch (type) {
            case HELLO, PING, PONG, CREDIT, CANCEL -> true;
            default -> false;
        };
    }

    /** What may have a large answer. */
    static boolean isRead(FrameType type) {
        return switch (type) {
            case GET, QUERY, CALL, LAG -> true;
            default -> false;
        };
    }

    /** Null when the frame keeps to the protocol. */
    static @Nullable Reply violation(@Nullable FrameType type, FrameHeader header, long frameBytesMax,
            boolean helloIsDue) {
        if (type == null || type.code() >= SERVER_CODES) {
            return Failures.of(ErrorCode.INVALID_ARGUMENT, "a frame of type " + (header.typeCode() & 0xff)
                    + " is none that a client sends");
        }
        if (header.frameBytes() > frameBytesMax) {
            return Failures.of(ErrorCode.PAYLOAD_TOO_LARGE, "a frame of " + header.frameBytes()
                    + " bytes is longer than server.max_body_bytes, " + frameBytesMax);
        }
        if (helloIsDue != (type == FrameType.HELLO)) {
            return Failures.of(ErrorCode.INVALID_ARGUMENT,
                    helloIsDue ? "the first frame must be HELLO, not " + type : "HELLO came twice");
        }
        if (isAboutConnection(type) && header.frameBytes() > ABOUT_BYTES_MAX) {
            return Failures.of(ErrorCode.PAYLOAD_TOO_LARGE, "a frame " + type + " of " + header.frameBytes()
                    + " bytes; it may have " + ABOUT_BYTES_MAX);
        }
        return null;
    }
}
