package io.forebay.bench.many;

import java.util.Locale;

/** What an upload is, and so what bounds it. */
public enum UploadPart {
    /** Large batches, until all of the collection is linked: bounded by the processors. */
    LINKED(1.8, 2),
    /** Small batches, each acknowledged after a sync, until the last ack: bounded by waiting. */
    ACKS(3, 4),
    /** The same on a disk whose syncs take longer, so that nothing but them is waited for. */
    SLOW_ACKS(3, 4);

    private final double speedUpWanted;
    private final int parallelMin;

    UploadPart(double speedUpWanted, int parallelMin) {
        this.speedUpWanted = speedUpWanted;
        this.parallelMin = parallelMin;
    }

    /** What the issue wants of this many at once; NaN where so few cannot reach it. */
    double speedUpWanted(int parallel) {
        return parallel >= parallelMin ? speedUpWanted : Double.NaN;
    }

    /** As it is written in the names of figures. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
