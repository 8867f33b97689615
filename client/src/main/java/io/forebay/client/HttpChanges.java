package io.forebay.client;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.RecordBatch;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The server's binary change stream (docs/formats.md), read on the thread that wants the changes. The server sends something
 * every 15 seconds: where nothing comes for a minute the stream is closed, which is a lost connection.
 */
final class HttpChanges implements ChangeSource {
    static final String CONTENT_TYPE = "application/vnd.forebay.changes";
    private static final int VERSION = 1;
    private static final int KIND_BATCH = 1;
    private static final int KIND_DROPPED = 2;
    private static final int KIND_ERROR = 3;
    private static final int HEAD_BYTES = 32;
    private static final long SILENCE_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int LOOK_SECONDS = 15;

    private final DataInputStream in;
    private final ScheduledFuture<?> watch;
    private volatile long heardNanos = System.nanoTime();
    private volatile boolean isWaiting;
    private volatile boolean isClosed;

    HttpChanges(InputStream in, ClientThreads threads) {
        this.in = new DataInputStream(in);
        try {
            watch = threads.timer().scheduleWithFixedDelay(() -> threads.run(this::look), LOOK_SECONDS,
                    LOOK_SECONDS, TimeUnit.SECONDS);
        } catch (RejectedExecutionException closed) {
            throw AttemptFailure.closed();
        }
    }

    private void look() {
        if (isWaiting && System.nanoTime() - heardNanos > SILENCE_NANOS) {
            close();
        }
    }

    @Override
    public @Nullable Change next() {
        heardNanos = System.nanoTime();
        isWaiting = true;
        try {
            return read();
        } catch (EOFException e) {
            throw AttemptFailure.lost("the change feed was cut", e);
        } catch (IOException e) {
            throw AttemptFailure.lost("the change feed broke: " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new ForebayException(ErrorCode.INTERNAL,
                    "the change feed is not as docs/formats.md says: "
                            + e.getMessage(),
                    e);
        } finally {
            isWaiting = false;
        }
    }

    private @Nullable Change read() throws IOException {
        while (true) {
            int length = Integer.reverseBytes(in.readInt());
            int crc = Integer.reverseBytes(in.readInt());
            heardNanos = System.nanoTime();
            if (length == 0 && crc == 0) {
                continue;
            }
            check(length >= HEAD_BYTES, "a frame of " + length + " bytes");
            byte[] bytes = in.readNBytes(length);
            if (bytes.length < length) {
                throw new EOFException("inside a frame");
            }
            CRC32C own = new CRC32C();
            own.update(bytes);
            check((int) own.getValue() == crc, "a frame with a wrong checksum");
            return change(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
        }
    }

    private static @Nullable Change change(ByteBuffer frame) {
        check(frame.get(0) == VERSION, "version " + frame.get(0));
        int kind = frame.get(1);
        if (kind == KIND_DROPPED) {
            return null;
        }
        if (kind == KIND_ERROR) {
            byte[] json = new byte[frame.limit() - HEAD_BYTES];
            frame.get(HEAD_BYTES, json);
            throw ErrorAnswers.ofStream(json);
        }
        check(kind == KIND_BATCH, "a frame of kind " + kind);
        ByteBuffer payload = frame.slice(HEAD_BYTES, frame.limit() - HEAD_BYTES);
        return new Change(frame.getLong(8), frame.getLong(16), frame.getLong(24), RecordBatch.wrap(payload));
    }

    private static void check(boolean isSo, String what) {
        if (!isSo) {
            throw new IllegalArgumentException(what);
        }
    }

    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        watch.cancel(false);
        try {
            in.close();
        } catch (IOException e) {
            isClosed = true; // it is given up either way
        }
    }
}
