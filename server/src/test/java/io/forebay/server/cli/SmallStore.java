package io.forebay.server.cli;

import io.forebay.engine.Forebay;
import io.forebay.engine.ForebayOptions;
import io.forebay.engine.Position;
import io.forebay.engine.WriteOptions;
import io.forebay.model.CollectionConfig;
import io.forebay.model.RecordBatch;
import java.util.UUID;

/** Stores for the commands that look into the files of one. */
final class SmallStore {
    private SmallStore() {}

    static ForebayOptions options() {
        return ForebayOptions.defaults().withExtentBytes(4 << 20).withDiskReserveBytes(0)
                .withRocksCacheBytes(16 << 20);
    }

    /** Into a collection of this name; linked when it returns. */
    static void add(Forebay store, String name, RecordBatch batch) {
        UUID collection = store.getOrCreateCollection(name, CollectionConfig.DEFAULT).id();
        store.write(collection, batch, WriteOptions.DEFAULT).join();
        store.flush(collection, Position.LINKED).join();
    }
}
