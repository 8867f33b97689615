package io.forebay.server.binary;

import io.forebay.model.wire.FrameHeader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what a connection receives into frames. Small frames are given out of the buffer in which they came. A large
 * one gets a buffer of its own as soon as its header is there, and the socket is read right into it ({@link
 * #newHandle}), so that the bytes of a batch are moved once between the kernel and the log.
 *
 * <p>Threads: the connection's event loop.
 *
 * <p>Failure: a header that contradicts itself is an {@link IllegalArgumentException} out of {@link #read}. {@link #close}
 * releases what is begun.
 */
final class FrameReceiver implements RecvByteBufAllocator {
    /** Shorter rests are read together with what follows. */
    private static final int DIRECT_BYTES_MIN = 16 << 10;

    /** What to do with a frame whose header is there. */
    enum Verdict {
        TAKE, PASS_OVER,
        /** Nothing more is cut until {@link FrameReceiver#resume}. */
        WAIT
    }

    /** Who takes the frames. */
    interface Listener {
        Verdict begins(FrameHeader header);

        /** @param content head and payload; valid until this returns */
        void frame(FrameHeader header, ByteBuf content);
    }

    private final ByteBufAllocator alloc;
    private final Listener listener;
    private final RecvByteBufAllocator usual = new AdaptiveRecvByteBufAllocator(64, 16 << 10, 128 << 10);
    private final ByteBuffer headerBytes = ByteBuffer.allocate(FrameHeader.BYTES);
    private final ArrayDeque<ByteBuf> kept = new ArrayDeque<>();
    /** Of the frame at hand. */
    private @Nullable FrameHeader header;
    private @Nullable ByteBuf content;
    /** A part of {@link #content} into which the socket is being read. */
    private @Nullable ByteBuf handed;
    private long passOver;
    private boolean waiting;
    private boolean closed;

    FrameReceiver(ByteBufAllocator alloc, Listener listener) {
        this.alloc = alloc;
        this.listener = listener;
    }

    /** Takes over the buffer. */
    void read(ByteBuf in) {
        if (in == handed) {
            readDirectly(in);
            return;
        }
        handed = null;
        if (waiting) {
            kept.addLast(in);
            return;
        }
        try {
            cut(in);
            if (waiting && in.isReadable()) {
                kept.addFirst(in.retain());
            }
        } finally {
            in.release();
        }
    }

    private void readDirectly(ByteBuf in) {
        handed = null;
        int bytes = in.readableBytes();
        in.release();
        ByteBuf whole = content;
        FrameHeader of = header;
        if (whole != null && of != null) {
            whole.writerIndex(whole.writerIndex() + bytes);
            if (!whole.isWritable()) {
                complete(of, whole);
            }
        }
    }

    private void complete(FrameHeader of, ByteBuf whole) {
        content = null;
        header = null;
        try {
            listener.frame(of, whole);
        } finally {
            whole.release();
        }
    }

    private void cut(ByteBuf in) {
        while (in.isReadable() && !waiting && !closed) {
            if (passOver > 0) {
                int bytes = (int) Math.min(passOver, in.readableBytes());
                in.skipBytes(bytes);
                passOver -= bytes;
            } else if (content != null && header != null) {
                content.writeBytes(in, Math.min(content.writableBytes(), in.readableBytes()));
                if (!content.isWritable()) {
                    complete(header, content);
                }
            } else {
                begin(in);
            }
        }
    }

    private void begin(ByteBuf in) {
        int bytes = Math.min(headerBytes.remaining(), in.readableBytes());
        int limit = headerBytes.position() + bytes;
        in.readBytes(headerBytes.limit(limit));
        headerBytes.limit(FrameHeader.BYTES);
        if (headerBytes.hasRemaining()) {
            return;
        }
        headerBytes.flip();
        FrameHeader next = FrameHeader.read(headerBytes);
        headerBytes.clear();
        header = next;
        decided(listener.begins(next), in);
    }

    private void decided(Verdict verdict, ByteBuf in) {
        FrameHeader of = header;
        if (of == null) {
            return;
        }
        int rest = of.frameBytes() - FrameHeader.BYTES;
        switch (verdict) {
            case WAIT -> waiting = true;
            case PASS_OVER -> {
                header = null;
                passOver = rest;
            }
            case TAKE -> {
                if (in.readableBytes() >= rest) {
                    header = null;
                    listener.frame(of, in.slice(in.readerIndex(), rest));
                    in.skipBytes(rest);
                } else {
                    content = alloc.directBuffer(rest, rest);
                }
            }
        }
    }

    /** Behind a {@link Verdict#WAIT}: what is to become of that frame. */
    void resume(Verdict verdict) {
        if (!waiting || closed) {
            return;
        }
        waiting = false;
        ByteBuf in = kept.pollFirst();
        if (in == null) {
            in = alloc.buffer(0);
        }
        try {
            decided(verdict, in);
            while (true) {
                cut(in);
                if (waiting && in.isReadable()) {
                    kept.addFirst(in.retain());
                }
                ByteBuf next = waiting ? null : kept.pollFirst();
                if (next == null) {
                    return;
                }
                in.release();
                in = next;
            }
        } finally {
            in.release();
        }
    }

    void close() {
        closed = true;
        if (content != null) {
            content.release();
            content = null;
        }
        header = null;
        kept.forEach(ByteBuf::release);
        kept.clear();
    }

    /** For a connection without TLS, whose buffers are not what the socket receives. */
    @Override
    public Handle newHandle() {
        return new IntoContent(usual.newHandle());
    }

    private final class IntoContent extends DelegatingHandle implements ExtendedHandle {
        IntoContent(Handle usual) {
            super(usual);
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator from) {
            ByteBuf whole = content;
            if (whole == null || waiting || whole.writableBytes() < DIRECT_BYTES_MIN) {
                handed = null;
                return super.allocate(from);
            }
            ByteBuf part = whole.retainedSlice(whole.writerIndex(), whole.writableBytes()).writerIndex(0);
            handed = part;
            return part;
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier mayBeMore) {
            return ((ExtendedHandle) delegate()).continueReading(mayBeMore);
        }
    }
}
