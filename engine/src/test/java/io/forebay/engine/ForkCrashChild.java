package io.forebay.engine;

import io.forebay.model.Database;
import io.forebay.model.Durability;
import io.forebay.model.ForebayException;
import io.forebay.model.Operation;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * The process that {@link ForkCrashTest} kills. Each step adds records to a source, deletes some, forks it, drops an older
 * fork, and is printed when all of that was acknowledged.
 */
final class ForkCrashChild {
    /** Before the first step: more than one block of the arena. */
    static final int BASE = 4_500;
    static final int STEP = 60;
    static final int DELETED = 10;
    static final String SOURCE = "source";

    private ForkCrashChild() {}

    static String forkOf(int step) {
        return "fork-" + step;
    }

    /** Ids that the fork of this step begins with. */
    static Set<String> idsAt(int step) {
        Set<String> ids = new TreeSet<>();
        for (int i = 0; i < BASE; i++) {
            ids.add("base-" + i);
        }
        for (int i = 0; i < (step + 1) * STEP; i++) {
            if (i % STEP >= DELETED) {
                ids.add("r-" + i);
            }
        }
        return ids;
    }

    /** Arguments: directory, durability, number of the next step. */
    public static void main(String[] arguments) {
        PrintStream acks = System.out;
        ForebayOptions options = TestStores.small().withDurability(Durability.parse(arguments[1]))
                .withCheckpointIntervalMillis(100).withCheckpointBytes(1 << 20);
        Forebay store = Forebay.open(Path.of(arguments[0]), options);
        UUID source = TestStores.create(store, SOURCE);
        Forks.write(store, source, Operation.ADD, "base", 0, BASE);
        for (int step = Integer.parseInt(arguments[2]); step < 10_000; step++) {
            int from = step * STEP;
            Forks.write(store, source, Operation.ADD, "r", from, from + STEP);
            Forks.delete(store, source, "r", from, from + DELETED);
            Forks.fork(store, source, forkOf(step));
            dropIfThere(store, forkOf(step - 2));
            acks.println("acked " + step);
            acks.flush();
        }
    }

    private static void dropIfThere(Forebay store, String name) {
        try {
            store.collection(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE, name);
            TestStores.drop(store, name);
        } catch (ForebayException notThere) {
            // There are no steps before the first.
        }
    }
}
