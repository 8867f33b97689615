package io.forebay.server.cli;

import io.forebay.client.CollectionClient;
import io.forebay.client.Filter;
import io.forebay.client.ForebayClient;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.GetRequest;
import io.forebay.model.Include;
import io.forebay.model.ReadOptions;
import io.forebay.model.StoredRecord;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A collection as it was at one position, read page by page while others write.
 *
 * <p>It is a fork: the server copies the records and links the files of the vectors, which nobody writes to but us, and it
 * is dropped at the end. Without a fork the pages are of the collection itself, and each must show the position of the
 * first, else the export fails: that needs no right to write.
 */
final class ExportSnapshot implements AutoCloseable {
    static final String MARK = "-export-";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final int NAME_CHARS_MAX = 480;

    private final ForebayClient client;
    private final CollectionClient read;
    private final @Nullable String fork;
    private final int pageRecords;
    private volatile long position = -1;
    private boolean dropped;

    private ExportSnapshot(ForebayClient client, CollectionClient read, @Nullable String fork,
            int pageRecords) {
        this.client = client;
        this.read = read;
        this.fork = fork;
        this.pageRecords = pageRecords;
    }

    static ExportSnapshot live(ForebayClient client, CollectionClient collection, int pageRecords) {
        return new ExportSnapshot(client, collection, null, pageRecords);
    }

    static ExportSnapshot fork(ForebayClient client, CollectionClient collection, int pageRecords) {
        String name = collection.name();
        String fork = name.substring(0, Math.min(name.length(), NAME_CHARS_MAX)) + MARK
                + TIME.format(Instant.now())
                + "-"
                + Integer.toString(ThreadLocalRandom.current().nextInt(36 * 36 * 36, 36 * 36 * 36 * 36), 36);
        try {
            return new ExportSnapshot(client, collection.fork(fork), fork, pageRecords);
        } catch (ForebayException e) {
            if (e.code() == ErrorCode.PERMISSION_DENIED) {
                throw new CommandException(
                        "an export forks the collection, for which the token needs the role write;"
                                + " --no-fork reads the collection itself and fails if somebody writes to it meanwhile");
            }
            throw e;
        }
    }

    @Nullable
    String forkName() {
        return fork;
    }

    /** Its position counts too: what is added between it and the first page would be left out. */
    int count() {
        return read.count(options());
    }

    int dimension() {
        return read.description().dimension();
    }

    /** Asks for a page ahead of its use. */
    CompletableFuture<List<StoredRecord>> page(int offset) {
        GetRequest request = new GetRequest(null, null, pageRecords, offset,
                EnumSet.of(Include.EMBEDDINGS, Include.DOCUMENTS, Include.METADATAS, Include.URIS));
        return read.getAsync(request, Filter.NONE, options());
    }

    private ReadOptions options() {
        return fork != null
                ? ReadOptions.DEFAULT
                : ReadOptions.DEFAULT.tellingPosition(shown -> check(shown.appliedSeqId()));
    }

    private synchronized void check(long shown) {
        if (position < 0) {
            position = shown;
        } else if (position != shown) {
            throw new ForebayException(ErrorCode.ALREADY_EXISTS, "somebody wrote to " + read.name()
                    + " while it was exported without a fork: what was read is not of one position. Export again, or"
                    + " without --no-fork");
        }
    }

    static <T> T waited(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof ForebayException known) {
                throw known.again();
            }
            throw e;
        }
    }

    /** Drops the fork; a second call does nothing. */
    @Override
    public synchronized void close() {
        if (fork != null && !dropped) {
            dropped = true;
            client.deleteCollection(fork);
        }
    }
}
