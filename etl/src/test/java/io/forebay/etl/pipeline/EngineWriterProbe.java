package io.forebay.etl.pipeline;

import io.forebay.engine.Forebay;
import io.forebay.etl.job.StopSignal;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import java.util.UUID;

/** Lends the writer of this package to other tests. */
public final class EngineWriterProbe {
    private EngineWriterProbe() {}

    /** As when a provider refused a text in the life before, and not in this one. */
    public static void twoWritesUnderOneKey(Forebay engine, UUID collection) throws Exception {
        EngineWriter writer = new EngineWriter(engine, collection, new StopSignal(), what -> {});
        writer.write(RecordBatch.builder(Operation.ADD).record("x", new float[]{1, 2}).build(), "key");
        writer.write(RecordBatch.builder(Operation.ADD).record("x", new float[]{1, 2})
                .record("y", new float[]{3, 4}).build(), "key");
    }
}
