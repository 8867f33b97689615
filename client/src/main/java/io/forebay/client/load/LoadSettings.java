package io.forebay.client.load;

import io.forebay.model.Durability;
import io.forebay.model.Operation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What {@link BulkLoaderBuilder} was told. Not changed once the loader is made. */
final class LoadSettings {
    Operation operation = Operation.ADD;
    @Nullable
    Durability durability;
    int batchRecords;
    int concurrency;
    int concurrencyMax = 32;
    int batchBytesMax = 16 << 20;
    long bytesMax = Math.max(64L << 20, Math.min(512L << 20, Runtime.getRuntime().maxMemory() / 8));
    Duration patience = Duration.ofMinutes(5);
    long errorsMax;
    Consumer<RecordError> onError = error -> {};
    @Nullable
    Consumer<LoadProgress> onProgress;
    Duration progressInterval = Duration.ofSeconds(1);
    long expected = -1;
    long first;
    @Nullable
    Path checkpoint;
    String source = "";
    String fingerprint = "";
    UUID loader = UUID.randomUUID();
}
