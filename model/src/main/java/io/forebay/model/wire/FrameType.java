package io.forebay.model.wire;

import org.jspecify.annotations.Nullable;

/** What a frame is. The codes are part of the protocol; those below 128 come from clients. */
public enum FrameType {
    HELLO(1), WRITE(2), DELETE(3), GET(4), QUERY(5), COUNT(6), FLUSH(7), LAG(8), CHANGES(9), CALL(10),
    CANCEL(11),

    HELLO_OK(129), ANSWER(130), ERROR(131), EVENT(132), END(133), GOAWAY(134),

    /** From either side. */
    PING(64), PONG(65), CREDIT(66);

    private static final @Nullable FrameType[] BY_CODE = new FrameType[256];

    static {
        for (FrameType type : values()) {
            BY_CODE[type.code] = type;
        }
    }

    private final int code;

    FrameType(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /** Null for a code that this version does not know. */
    public static @Nullable FrameType of(byte code) {
        return BY_CODE[code & 0xff];
    }
}
