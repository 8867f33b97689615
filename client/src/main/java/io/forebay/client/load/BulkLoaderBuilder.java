package io.forebay.client.load;

import io.forebay.client.CollectionClient;
import io.forebay.client.ForebayClient;
import io.forebay.model.Durability;
import io.forebay.model.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Settings of a {@link BulkLoader}; every one has a default. Use once. */
public final class BulkLoaderBuilder {
    private static final int BATCH_RECORDS_MAX = 1_000_000;
    private static final int CONCURRENCY_MAX = 64;
    private static final long BYTES_MIN = 1 << 20;

    private final ForebayClient client;
    private final CollectionClient collection;
    private final LoadSettings settings = new LoadSettings();

    BulkLoaderBuilder(ForebayClient client, CollectionClient collection) {
        this.client = client;
        this.collection = collection;
    }

    /** ADD (the default; ids that are there already stay as they are), UPSERT or UPDATE. */
    public BulkLoaderBuilder operation(Operation value) {
        if (value == Operation.DELETE) {
            throw new IllegalArgumentException("a load adds, upserts or updates");
        }
        settings.operation = value;
        return this;
    }

    /** Of each batch; null, the default, for the collection's or the server's own. */
    public BulkLoaderBuilder durability(@Nullable Durability value) {
        settings.durability = value;
        return this;
    }

    /** Records of one batch; 0, the default, to find the best number. */
    public BulkLoaderBuilder batchRecords(int value) {
        settings.batchRecords = (int) checked(value, 0, BATCH_RECORDS_MAX, "batchRecords");
        return this;
    }

    /** Batches in flight; 0, the default, to find the best number, up to {@link #concurrencyMax}. */
    public BulkLoaderBuilder concurrency(int value) {
        settings.concurrency = (int) checked(value, 0, CONCURRENCY_MAX, "concurrency");
        return this;
    }

    public BulkLoaderBuilder concurrencyMax(int value) {
        settings.concurrencyMax = (int) checked(value, 1, CONCURRENCY_MAX, "concurrencyMax");
        return this;
    }

    /** The largest batch, in the log's own form; as JSON it is up to twice as much. Default: 16 MiB. */
    public BulkLoaderBuilder batchBytesMax(int value) {
        settings.batchBytesMax = (int) checked(value, 1, Integer.MAX_VALUE / 4, "batchBytesMax");
        return this;
    }

    /** Records buffered and in flight. Default: an eighth of the heap, between 64 and 512 MiB. */
    public BulkLoaderBuilder bytesMax(long value) {
        settings.bytesMax = checked(value, BYTES_MIN, Long.MAX_VALUE, "bytesMax");
        return this;
    }

    /** How long a batch is sent again while the server is away or at a limit. Default: five minutes. */
    public BulkLoaderBuilder patience(Duration value) {
        settings.patience = value;
        return this;
    }

    /** More bad records than this end the load. Default: 0, the first one does. */
    public BulkLoaderBuilder errorsMax(long value) {
        settings.errorsMax = checked(value, 0, Long.MAX_VALUE, "errorsMax");
        return this;
    }

    /** Is told of each bad record, one at a time, on the thread that found it. After a crash perhaps once more. */
    public BulkLoaderBuilder onError(Consumer<RecordError> value) {
        settings.onError = value;
        return this;
    }

    /** Is told how far it is at this interval, on a thread of its own. */
    public BulkLoaderBuilder onProgress(Duration interval, Consumer<LoadProgress> value) {
        settings.progressInterval = Duration
                .ofMillis(checked(interval.toMillis(), 10, 3_600_000, "interval"));
        settings.onProgress = value;
        return this;
    }

    /** How many records the source has, for the time that is left. */
    public BulkLoaderBuilder expected(long records) {
        settings.expected = records;
        return this;
    }

    /** The position of the first record. Default: 0. */
    public BulkLoaderBuilder first(long position) {
        settings.first = checked(position, 0, Long.MAX_VALUE, "first");
        return this;
    }

    /**
     * Goes on from this file if it is there, and keeps it. What is left of a load into another collection, or with another
     * operation, is replaced if that load was complete, and refused otherwise.
     *
     * @param source      its name, for people
     * @param fingerprint one line that is another one when the source changes, for example {@link SourceFingerprint}
     */
    public BulkLoaderBuilder checkpoint(Path file, String source, String fingerprint) {
        settings.checkpoint = file;
        settings.source = source;
        settings.fingerprint = fingerprint;
        return this;
    }

    /** @throws IOException when the checkpoint is damaged, of another load, or used by another process */
    public BulkLoader build() throws IOException {
        return new BulkLoader(client, collection, settings);
    }

    private static long checked(long value, long min, long max, String name) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " is " + value + ", must be " + min + " to " + max);
        }
        return value;
    }
}
