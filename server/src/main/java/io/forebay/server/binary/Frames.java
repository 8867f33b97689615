package io.forebay.server.binary;

import io.forebay.model.wire.Fields;
import io.forebay.model.wire.FrameHeader;
import io.forebay.model.wire.FrameType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.util.UUID;

/** Frames to be sent, as bytes. */
final class Frames {
    private Frames() {}

    /** The frame of a reply; nothing is left behind when it throws. */
    static ByteBuf of(ByteBufAllocator alloc, Reply reply, long requestId, int credit) throws IOException {
        byte[] head = reply.head().encode();
        int padded = FrameHeader.padded(head.length);
        ByteBuf out = alloc.buffer(FrameHeader.BYTES + padded + Math.max(0, reply.payloadBytes()));
        boolean made = false;
        try {
            out.writeZero(FrameHeader.BYTES).writeBytes(head).writeZero(padded - head.length);
            reply.payload().writeTo(out);
            header(out, reply.type(), reply.status(), requestId, FrameHeader.NONE, credit, head.length);
            made = true;
            return out;
        } finally {
            if (!made) {
                out.release();
            }
        }
    }

    /** Without a payload. */
    static ByteBuf of(ByteBufAllocator alloc, FrameType type, long requestId, Fields fields, int credit) {
        byte[] head = fields.encode();
        int padded = FrameHeader.padded(head.length);
        ByteBuf out = alloc.buffer(FrameHeader.BYTES + padded);
        out.writeZero(FrameHeader.BYTES).writeBytes(head).writeZero(padded - head.length);
        header(out, type, 0, requestId, FrameHeader.NONE, credit, head.length);
        return out;
    }

    /** Into the room at the beginning of a buffer that has the rest of the frame. */
    static void header(ByteBuf frame, FrameType type, int status, long requestId, UUID collection, int credit,
            int headBytes) {
        frame.setIntLE(0, frame.readableBytes() - FrameHeader.LENGTH_BYTES);
        frame.setByte(4, type.code());
        frame.setByte(5, 0);
        frame.setShortLE(6, status);
        frame.setLongLE(8, requestId);
        frame.setLong(16, collection.getMostSignificantBits());
        frame.setLong(24, collection.getLeastSignificantBits());
        frame.setIntLE(32, credit);
        frame.setIntLE(36, headBytes);
    }
}
