package io.forebay.server.lag;

import io.forebay.model.CollectionStatus;
import io.forebay.model.Lag;

/**
 * Where a collection stood at one second, or the whole store.
 *
 * @param number     of the collection; of the whole store: how many collections were behind
 * @param second     since the monitor began
 * @param operations record operations ever acked; of the whole store: the end of the log
 * @param applyRate  records per second, 0 when not known
 * @param linkRate   the same; of the whole store: of the collections that are behind, together
 */
public record Sample(int number, int second, long operations, Lag ingest, Lag index, double applyRate,
        double linkRate) {

    static Sample of(CollectionStatus status, int second) {
        return new Sample(status.number(), second, status.operations(), status.ingestLag(), status.indexLag(),
                status.applyRate().recordsPerSecond(), status.linkRate().recordsPerSecond());
    }

    /** This one, with the worst lag of both: for the time that began with the other. */
    Sample orWorse(Sample before) {
        return new Sample(number, second, operations, worse(ingest, before.ingest),
                worse(index, before.index),
                applyRate, linkRate);
    }

    private static Lag worse(Lag one, Lag other) {
        return new Lag(Math.max(one.records(), other.records()), Math.max(one.bytes(), other.bytes()),
                Math.max(one.seconds(), other.seconds()));
    }
}
