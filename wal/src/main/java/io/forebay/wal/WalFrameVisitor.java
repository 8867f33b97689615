package io.forebay.wal;

import java.nio.ByteBuffer;

/** Whoever wants to see each frame of a scan, in the order of the log. */
@FunctionalInterface
public interface WalFrameVisitor {

    /** The payload is that of this frame, read-only, little-endian, and valid during the call. */
    void frame(WalFrame frame, ByteBuffer payload);
}
