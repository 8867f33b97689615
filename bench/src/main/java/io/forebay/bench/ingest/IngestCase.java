package io.forebay.bench.ingest;

import io.forebay.bench.load.Transport;
import io.forebay.model.Durability;
import java.util.Locale;

/**
 * One combination.
 *
 * @param mode        batch ingest on or off
 * @param collections batches go to them in turns
 */
public record IngestCase(Transport transport, int clients, int batchRecords, int dimension,
        Durability durability, Mode mode, int collections) {

    /** Of the server: {@code ingest.batch_ingest}. */
    public enum Mode {
        ON, OFF;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    IngestCase with(Transport other) {
        return new IngestCase(other, clients, batchRecords, dimension, durability, mode, collections);
    }

    IngestCase with(Mode other) {
        return new IngestCase(transport, clients, batchRecords, dimension, durability, other, collections);
    }
}
