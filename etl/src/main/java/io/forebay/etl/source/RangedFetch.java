package io.forebay.etl.source;

import io.forebay.etl.source.Retries.PassingException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Fetches one thing of bytes, in as many pieces as it takes, from an {@link Origin}. A cut connection, a time-out and a
 * passing status are tried again from the last byte; a later life of the process goes on at the last synced byte. When
 * the source has changed meanwhile, or cannot give a part, it begins anew.
 *
 * <p>Threads: one. State: {@link FetchState}. Every 64 MiB and at the end the target is synced.
 */
final class RangedFetch implements Fetch {
    private static final long SYNC_BYTES = 64L << 20;
    private static final int BUFFER_BYTES = 256 << 10;

    /** Where the bytes are. */
    interface Origin {
        /** The same for the same thing in every life of the process. */
        String name();

        /** For messages: without what may be secret. */
        String shown();

        /**
         * Asks for what lies behind {@code from}, provided that it is still what {@code validator} names.
         *
         * @param validator not null when {@code from > 0}
         * @throws PassingException when another time may be better
         * @throws FetchException   when not
         */
        Part open(long from, @Nullable String validator) throws IOException, InterruptedException;

        String fileName();
    }

    /**
     * An answer.
     *
     * @param from      0 when the origin gives the whole
     * @param total     bytes of the whole; -1 while not known. A part that does not say it is taken only where it is known
     *                  from an earlier answer: otherwise nothing would tell its end from a cut
     * @param validator strong; null where there is none, then nothing can be resumed
     */
    record Part(InputStream body, long from, long total, @Nullable String validator, Runnable close) {}

    private final Origin origin;
    private final long bytesMax;
    private final Retries.Pause pause;

    RangedFetch(Origin origin, long bytesMax, Retries.Pause pause) {
        this.origin = origin;
        this.bytesMax = bytesMax;
        this.pause = pause;
    }

    @Override
    public String fileName() {
        return origin.fileName();
    }

    @Override
    public void fetch(Path target, Progress progress) throws IOException, InterruptedException {
        SourceThreads.run(() -> {
            try (FileChannel file = FileChannel.open(target, StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE)) {
                FetchState state = FetchState.resume(target, origin.name());
                file.truncate(state.bytes());
                if (!state.complete()) {
                    new Run(target, file, progress, state).toEnd();
                }
            }
        });
    }

    /** One call of {@link #fetch}. */
    private final class Run {
        private final Path target;
        private final FileChannel file;
        private final Progress progress;
        private final Retries retries = new Retries(pause);
        private final byte[] buffer = new byte[BUFFER_BYTES];
        private @Nullable String validator;
        private long position;
        private long synced;
        private long total;

        Run(Path target, FileChannel file, Progress progress, FetchState state) {
            this.target = target;
            this.file = file;
            this.progress = progress;
            this.validator = state.validator();
            this.position = state.bytes();
            this.synced = position;
            this.total = state.total();
        }

        void toEnd() throws IOException, InterruptedException {
            while (true) {
                try {
                    // A life may have ended between the last byte and the note that it was the last.
                    if (validator == null || position == 0 || position != total) {
                        once();
                    }
                    sync(true);
                    return;
                } catch (PassingException e) {
                    if (validator != null) {
                        sync(false);
                    }
                    retries.failed(e, position);
                }
            }
        }

        private void once() throws IOException, InterruptedException {
            if (validator == null && position > 0) {
                beginAnew();
            }
            Part part = origin.open(position, validator);
            if (part.from() > 0 && part.total() < 0 && total < 0) {
                part.close().run();
                beginAnew();
                part = origin.open(0, null);
            }
            try {
                accept(part);
                copy(part.body());
            } finally {
                part.close().run();
            }
            if (total >= 0 && position < total) {
                throw new PassingException(
                        "The connection to " + origin.shown() + " ended at byte " + position
                                + " of " + total,
                        -1);
            }
        }

        private void accept(Part part) throws IOException {
            if (part.from() != position) {
                beginAnew();
            }
            validator = part.validator();
            total = part.total() < 0 && part.from() > 0 ? total : part.total();
            if (total > bytesMax) {
                throw tooLarge(total + " bytes");
            }
            progress.fetched(position, total);
        }

        private void beginAnew() throws IOException {
            file.truncate(0);
            position = 0;
            synced = 0;
            validator = null;
            FetchState.begin(origin.name()).write(target);
        }

        private void copy(InputStream body) throws IOException {
            for (int n = read(body); n >= 0; n = read(body)) {
                if (position + n > bytesMax) {
                    throw tooLarge("more");
                }
                ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, n);
                while (bytes.hasRemaining()) {
                    position += file.write(bytes, position);
                }
                progress.fetched(position, total);
                if (position - synced >= SYNC_BYTES && validator != null) {
                    sync(false);
                }
            }
        }

        private int read(InputStream body) throws IOException {
            try {
                return body.read(buffer);
            } catch (IOException e) {
                throw new PassingException(
                        "The connection to " + origin.shown() + " broke at byte " + position
                                + ": " + e.getMessage(),
                        e);
            }
        }

        private void sync(boolean complete) throws IOException {
            file.force(true);
            synced = position;
            new FetchState(origin.name(), validator, null, null, 0, position, complete ? position : total,
                    complete).write(target);
        }

        private FetchException tooLarge(String size) {
            return new FetchException(origin.shown() + " has " + size + "; imports.max_upload_bytes allows "
                    + bytesMax + " bytes");
        }
    }
}
