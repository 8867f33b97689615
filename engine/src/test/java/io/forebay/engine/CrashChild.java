package io.forebay.engine;

import io.forebay.model.DeleteRequest;
import io.forebay.model.Durability;
import io.forebay.model.Operation;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The process that {@link CrashTest} kills: several writers, each doing the steps of {@link CrashOracle} one after
 * another from where the parent says, and printing each step that was acknowledged.
 */
final class CrashChild {
    private CrashChild() {}

    /** Arguments: directory, durability, then for each writer the number of its next step. */
    public static void main(String[] arguments) throws Exception {
        PrintStream acks = System.out;
        ForebayOptions options = TestStores.small().withDurability(Durability.parse(arguments[1]))
                .withCheckpointIntervalMillis(150).withCheckpointBytes(1 << 20);
        Forebay store = Forebay.open(Path.of(arguments[0]), options);
        List<Thread> writers = new ArrayList<>();
        for (int writer = 0; writer < arguments.length - 2; writer++) {
            UUID collection = TestStores.create(store, CrashOracle.collectionOf(writer));
            int number = writer;
            int first = Integer.parseInt(arguments[writer + 2]);
            writers.add(Thread.ofPlatform().start(() -> write(store, collection, number, first, acks)));
        }
        for (Thread writer : writers) {
            writer.join();
        }
    }

    private static void write(Forebay store, UUID collection, int writer, int first, PrintStream acks) {
        for (int step = first; step < CrashOracle.STEPS_MAX; step++) {
            CrashOracle.Step todo = CrashOracle.step(writer, step);
            if (todo.operation() == Operation.DELETE) {
                store.delete(collection, DeleteRequest.ofIds(todo.ids()), WriteOptions.DEFAULT).join();
            } else {
                store.write(collection, todo.batch(), WriteOptions.DEFAULT).join();
            }
            synchronized (acks) {
                acks.println("acked " + writer + " " + step);
                acks.flush();
            }
        }
    }
}
