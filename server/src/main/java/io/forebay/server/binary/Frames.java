package io.forebay.server.binary;

import io.forebay.model.wire.Fields;
import io.forebay.model.wire.FrameHeader;
import io.forebay.model.wire.FrameType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;

/** Frames to be sent, as bytes. */
final class Frames {
    private Frames() {}

    /** The frame of a reply; nothing is left behind when it throws. */
    static ByteBuf of(ByteBufAllocator alloc, Reply reply, long requestId, int credit) throws IOException {
        byte[] head = reply.head().encode();
        ByteBuf out = begun(alloc, head, reply.payloadBytes());
        boolean made = false;
        try {
            reply.payload().writeTo(out);
            header(out, reply.type(), reply.status(), requestId, credit, head.length);
            made = true;
            return out;
        } finally {
            if (!made) {
                out.release();
            }
        }
    }

    /** Without a payload. */
    static ByteBuf of(ByteBufAllocator alloc, FrameType type, int status, long requestId, Fields fields,
            int credit) {
        byte[] head = fields.encode();
        ByteBuf out = begun(alloc, head, 0);
        header(out, type, status, requestId, credit, head.length);
        return out;
    }

    /** With room for the header, and with the head. */
    private static ByteBuf begun(ByteBufAllocator alloc, byte[] head, int payloadBytes) {
        int padded = FrameHeader.padded(head.length);
        return alloc.buffer(FrameHeader.BYTES + padded + payloadBytes).writeZero(FrameHeader.BYTES)
                .writeBytes(head)
                .writeZero(padded - head.length);
    }

    /** Into that room, when the rest of the frame is there. A server's frames name no collection. */
    private static void header(ByteBuf frame, FrameType type, int status, long requestId, int credit,
            int headBytes) {
        frame.setIntLE(0, frame.readableBytes() - FrameHeader.LENGTH_BYTES);
        frame.setByte(4, type.code());
        frame.setByte(5, 0);
        frame.setShortLE(6, status);
        frame.setLongLE(8, requestId);
        frame.setZero(16, 16);
        frame.setIntLE(32, credit);
        frame.setIntLE(36, headBytes);
    }
}
