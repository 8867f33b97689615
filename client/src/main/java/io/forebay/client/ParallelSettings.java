package io.forebay.client;

import java.util.Objects;
import java.util.function.Consumer;

/**
 * How {@link ForebayClient#addParallel} goes about it.
 *
 * @param collectionsAtOnce of so many collections a batch is under way at the same time
 * @param settings          of every write; without an idempotency key, because each batch needs its own
 * @param progress          is told after each acknowledgement, by one thread at a time, and of each end of a collection
 */
public record ParallelSettings(int collectionsAtOnce, WriteSettings settings,
        Consumer<UploadProgress> progress) {
    /** Eight at once, durability of the collection. */
    public static final ParallelSettings DEFAULT = new ParallelSettings(8, WriteSettings.DEFAULT,
            progress -> {});

    /** @throws IllegalArgumentException for no collection at once, or for a key */
    public ParallelSettings {
        Objects.requireNonNull(progress);
        if (collectionsAtOnce < 1) {
            throw new IllegalArgumentException(
                    "collectionsAtOnce must be at least 1, got " + collectionsAtOnce);
        }
        if (settings.idempotencyKey() != null) {
            throw new IllegalArgumentException("one idempotency key cannot be that of several batches");
        }
    }

    public ParallelSettings withCollectionsAtOnce(int changed) {
        return new ParallelSettings(changed, settings, progress);
    }

    public ParallelSettings withSettings(WriteSettings changed) {
        return new ParallelSettings(collectionsAtOnce, changed, progress);
    }

    public ParallelSettings telling(Consumer<UploadProgress> to) {
        return new ParallelSettings(collectionsAtOnce, settings, to);
    }
}
