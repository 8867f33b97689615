package io.forebay.server.binary;

import io.forebay.model.wire.Fields;
import io.forebay.model.wire.FrameHeader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The first frames of a connection: which version is spoken, and what this server allows. */
final class Greeting {
    private static final String NAME = "forebay";
    private static final List<String> FEATURES = List.of("changes", "call");
    private static final int UPGRADE_REQUIRED = 426;

    private Greeting() {}

    /** Null when this server speaks what the client does. */
    static @Nullable Reply refusal(Fields hello) {
        boolean known = hello.number("version_min", 1) <= FrameHeader.VERSION
                && hello.number("version_max", 1) >= FrameHeader.VERSION;
        return known
                ? null
                : Failures.of(UPGRADE_REQUIRED,
                        "this server speaks version " + FrameHeader.VERSION + " of the binary protocol");
    }

    static Fields welcome(BinaryOptions options, long frameBytesMax) {
        return new Fields().put("version", FrameHeader.VERSION).put("server", NAME).put("features", FEATURES)
                .put("frame_bytes_max", frameBytesMax).put("window_bytes", options.windowBytes())
                .put("requests_max", options.requestsMax())
                .put("heartbeat_millis", options.heartbeatMillis());
    }
}
