package io.forebay.server.migrate;

import io.forebay.client.CollectionClient;
import io.forebay.client.Written;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.RecordBatch;
import io.forebay.model.StoredRecord;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The records of one collection, in their order: pages are read ahead and decoded while the batch before is on its way, and
 * each batch is sent when that one is acknowledged.
 *
 * <p>Batches <em>add</em>: an id that is there stays as it is. So whatever is sent again, by a retry or after a crash,
 * changes nothing, and order and number come out right.
 *
 * <p>Threads: one.
 *
 * <p>Failure: a batch that is refused for what is in it is halved until the bad records are found; these are told and left
 * out. Anything else is thrown, and the state says from where to go on.
 */
final class CollectionCopy {
    private final ServerSource source;
    private final SourceCollection read;
    private final CollectionClient target;
    private final PlannedCollection planned;
    private final MigrationState state;
    private final int readers;
    private final BiConsumer<String, String> refusals;

    /**
     * @param read     what is read: the collection, or its fork
     * @param refusals told of each record that the target does not take: its id and the reason
     */
    CollectionCopy(ServerSource source, SourceCollection read, CollectionClient target,
            PlannedCollection planned, MigrationState state, int readers,
            BiConsumer<String, String> refusals) {
        this.source = source;
        this.read = read;
        this.target = target;
        this.planned = planned;
        this.state = state;
        this.readers = readers;
        this.refusals = refusals;
    }

    /** What is on its way to the target. */
    private record Sent(PageReader.Read<Page> page, int records, CompletableFuture<Written> written) {}

    /** From the first record that is not known to be acknowledged. */
    void run() throws IOException {
        long from = begin();
        PageReader<Page> pages = new PageReader<>(source, read, from, readers,
                ids -> source.records(read, ids));
        Sent before = null;
        while (pages.hasNext()) {
            PageReader.Read<Page> next = pages.next();
            Page page = next.waited();
            RecordBatch batch = decoded(page);
            settle(before);
            pages.took(next.ids().size(), page.bytes());
            if (batch == null) {
                int written = writeSound(page.records());
                before = new Sent(next, written, CompletableFuture.completedFuture(new Written(0, 0, false)));
            } else {
                before = new Sent(next, batch.size(), batch.size() == 0
                        ? CompletableFuture.completedFuture(new Written(0, 0, false))
                        : target.writeAsync(batch));
            }
        }
        settle(before);
    }

    /** As far as an earlier run came, if the source still has there what it had. */
    private long begin() {
        MigrationState.Progress progress = state.of(planned.source().id());
        String last = progress.lastId;
        if (progress.records == 0 || last == null) {
            return 0;
        }
        List<String> there = Calls.waited(source.ids(read, progress.records - 1, 1));
        if (!there.equals(List.of(last))) {
            return 0;
        }
        planned.resumed(progress.records - progress.refused, progress.refused);
        return progress.records;
    }

    /** Null when they make no batch. */
    private static @Nullable RecordBatch decoded(Page page) {
        try {
            return page.batch();
        } catch (ForebayException e) {
            if (isBad(e)) {
                return null;
            }
            throw e;
        }
    }

    private static boolean isBad(ForebayException e) {
        return e.code() == ErrorCode.INVALID_ARGUMENT || e.code() == ErrorCode.UNPROCESSABLE
                || e.code() == ErrorCode.PAYLOAD_TOO_LARGE;
    }

    private void settle(@Nullable Sent sent) throws IOException {
        if (sent == null) {
            return;
        }
        int written = sent.records;
        try {
            Calls.waited(sent.written);
        } catch (ForebayException e) {
            if (!isBad(e)) {
                throw e;
            }
            written = writeSound(sent.page.waited().records());
        }
        planned.acked(written);
        List<String> ids = sent.page.ids();
        state.done(planned.source(), sent.page.offset() + ids.size(), planned.refused(), ids.getLast());
    }

    /** How many of them the target took. */
    private int writeSound(List<StoredRecord> records) throws IOException {
        if (records.isEmpty()) {
            return 0;
        }
        try {
            for (StoredRecord record : records) {
                if (record.embedding() == null) {
                    throw ForebayException.invalid("it has no embedding");
                }
            }
            target.write(Page.batch(records));
            return records.size();
        } catch (ForebayException e) {
            if (!isBad(e)) {
                throw e;
            }
            if (records.size() == 1) {
                String id = records.getFirst().id();
                planned.refused(1);
                state.refused(planned.source(), id);
                refusals.accept(id, String.valueOf(e.getMessage()));
                return 0;
            }
            int middle = records.size() / 2;
            return writeSound(records.subList(0, middle))
                    + writeSound(records.subList(middle, records.size()));
        }
    }
}
