package io.forebay.engine;

import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * What each writer of the crash test does, step by step, and what its records must be after so many steps. Everything
 * follows from writer and step, so that parent and child agree without talking.
 */
final class CrashOracle {
    static final int STEPS_MAX = 100_000;
    static final int DIMENSION = 16;
    private static final int BATCH_RECORDS = 40;

    private CrashOracle() {}

    /** One write: a batch, or ids to delete. */
    record Step(Operation operation, String[] ids, int version) {
        RecordBatch batch() {
            RecordBatchBuilder builder = RecordBatch.builder(operation);
            for (String id : ids) {
                builder.record(id, vector(id, version), "document of version " + version,
                        Map.of("version", MetadataValue.of(version)), null);
            }
            return builder.build();
        }
    }

    /** Two writers share a collection, with ids of their own. */
    static String collectionOf(int writer) {
        return "collection-" + writer / 2;
    }

    static Step step(int writer, int step) {
        Random random = new Random(writer * 1_000_003L + step);
        int kind = random.nextInt(10);
        int from = kind < 6 || step == 0 ? step * BATCH_RECORDS : random.nextInt(step) * BATCH_RECORDS;
        String[] ids = new String[kind < 8 ? BATCH_RECORDS : BATCH_RECORDS / 2];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = "w" + writer + "-" + (from + i);
        }
        Operation operation = kind < 6 ? Operation.ADD : kind < 8 ? Operation.UPSERT : Operation.DELETE;
        return new Step(operation, ids, step);
    }

    static float[] vector(String id, int version) {
        // Mixed: in id.hashCode() * 31 + version two ids would share a vector when their versions are 744 apart.
        long mixed = id.hashCode() * 0x9e3779b97f4a7c15L + version * 0xc2b2ae3d27d4eb4fL;
        return TestStores.vector((int) (mixed >>> 32), DIMENSION);
    }

    /** Id to version, after the writer's first so many steps. */
    static Map<String, Integer> stateAfter(int writer, int steps) {
        Map<String, Integer> state = new TreeMap<>();
        for (int i = 0; i < steps; i++) {
            Step step = step(writer, i);
            for (String id : step.ids()) {
                switch (step.operation()) {
                    case ADD -> state.putIfAbsent(id, step.version());
                    case UPSERT -> state.put(id, step.version());
                    case DELETE -> state.remove(id);
                    case UPDATE -> throw new IllegalStateException("not used");
                }
            }
        }
        return state;
    }
}
