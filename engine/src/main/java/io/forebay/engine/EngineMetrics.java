package io.forebay.engine;

import io.forebay.model.Durability;
import io.forebay.model.ReadPlan;

/**
 * What the engine reports as it happens; the server counts it. Positions and lag are not reported here but asked for:
 * {@link Forebay#statuses}. Implementations must be quick and thread-safe and must not throw.
 */
public interface EngineMetrics {
    EngineMetrics NONE = new EngineMetrics() {
    };

    /** A batch was acknowledged so many nanoseconds after it was handed to the engine. */
    default void acked(Durability durability, boolean batchIngest, int records, long bytes, long nanos) {}

    /** A write was answered again by its idempotency key; nothing was appended. */
    default void replayed() {}

    /** A write was refused, with the name of its error. */
    default void refused(String reason) {}

    /** A group of batches was applied. */
    default void applied(int records, long nanos) {}

    /** An indexer thread died and was replaced. */
    default void indexerRestarted() {}

    /** A slice was linked. */
    default void linked(int records, long nanos) {}

    /** A read ran for so many nanoseconds, waiting for a position not included. */
    default void read(String kind, long nanos) {}

    /** A read with ids or a filter was answered. */
    default void planned(ReadPlan plan) {}

    /** A step of upkeep of postings and text index took so long. */
    default void keptUp(long nanos) {}

    /** A checkpoint ended. */
    default void checkpointed(long nanos, int extentsPurged) {}
}
