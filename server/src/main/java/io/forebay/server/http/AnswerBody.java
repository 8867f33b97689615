package io.forebay.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer as it is written: one buffer where it is short, else buffers one behind the other, so that a long
 * answer is never moved to a larger buffer (a get with embeddings has hundreds of megabytes).
 *
 * <p>Threads: one.
 *
 * <p>Failure: {@link #close} gives back whatever {@link #take} has not taken.
 */
final class AnswerBody extends OutputStream {
    private static final int FIRST_BYTES = 512;
    private static final int BUFFER_BYTES_MAX = 1 << 20;

    private final ByteBufAllocator alloc;
    private @Nullable ByteBuf last;
    private @Nullable CompositeByteBuf all;
    private long size;

    AnswerBody(ByteBufAllocator alloc) {
        this.alloc = alloc;
    }

    @Override
    public void write(int b) {
        write(new byte[]{(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        int from = offset;
        int left = length;
        while (left > 0) {
            ByteBuf buffer = last;
            if (buffer == null || !buffer.isWritable()) {
                buffer = next(left);
            }
            int now = Math.min(left, buffer.writableBytes());
            buffer.writeBytes(bytes, from, now);
            from += now;
            left -= now;
        }
        size += length;
    }

    /** As long as all before it, or as what comes now. */
    private ByteBuf next(int coming) {
        if (last != null) {
            into(last);
        }
        int bytes = (int) Math.min(BUFFER_BYTES_MAX, Math.max(FIRST_BYTES, Math.max(size, coming)));
        ByteBuf buffer = alloc.buffer(bytes);
        last = buffer;
        return buffer;
    }

    private CompositeByteBuf into(ByteBuf full) {
        CompositeByteBuf buffers = all;
        if (buffers == null) {
            buffers = alloc.compositeBuffer(Integer.MAX_VALUE);
            all = buffers;
        }
        last = null;
        buffers.addComponent(true, full);
        return buffers;
    }

    /** What was written; the caller releases it. */
    ByteBuf take() {
        ByteBuf buffer = last;
        ByteBuf body = buffer == null
                ? all == null ? alloc.buffer(0) : all
                : all == null ? buffer : into(buffer);
        last = null;
        all = null;
        return body;
    }

    @Override
    public void close() {
        if (last != null) {
            last.release();
            last = null;
        }
        if (all != null) {
            all.release();
            all = null;
        }
    }
}
