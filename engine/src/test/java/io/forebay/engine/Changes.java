package io.forebay.engine;

import io.forebay.model.CollectionSettings;
import io.forebay.model.Durability;
import org.jspecify.annotations.Nullable;

/** Changes of a collection's settings; null leaves as it is. */
final class Changes {
    private Changes() {}

    static CollectionChange of(@Nullable Boolean batchIngest, @Nullable Durability durability) {
        return CollectionChange.NONE
                .with(CollectionSettings.NONE.withBatchIngest(batchIngest).withDurability(durability));
    }
}
