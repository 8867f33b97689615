package io.forebay.engine;

import io.forebay.model.Durability;
import io.forebay.model.WriteAck;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * The process that {@link IdempotencyCrashTest} kills: writers that do one step after another, each with its key, send
 * one of the last ones again now and then, and print every answer. A life begins with the last steps of the one before.
 */
final class IdempotencyCrashChild {
    private static final int AGAIN = 5;

    private IdempotencyCrashChild() {}

    static ForebayOptions options(String durability) {
        return TestStores.small().withDurability(Durability.parse(durability)).withExtentBytes(2 << 20)
                .withCheckpointIntervalMillis(100).withCheckpointBytes(256 << 10);
    }

    /** Arguments: directory, durability, then for each writer the number of its next step. */
    public static void main(String[] arguments) throws Exception {
        PrintStream acks = System.out;
        Forebay store = Forebay.open(Path.of(arguments[0]), options(arguments[1]));
        UUID collection = TestStores.create(store, "docs");
        List<Thread> writers = new ArrayList<>();
        for (int writer = 0; writer < arguments.length - 2; writer++) {
            int number = writer;
            int next = Integer.parseInt(arguments[writer + 2]);
            writers.add(Thread.ofPlatform().start(() -> write(store, collection, number, next, acks)));
        }
        for (Thread writer : writers) {
            writer.join();
        }
    }

    private static void write(Forebay store, UUID collection, int writer, int next, PrintStream acks) {
        Random random = new Random(writer + next);
        for (int step = Math.max(0, next - AGAIN); step < IdempotencyOracle.STEPS_MAX; step++) {
            send(store, collection, writer, step, acks);
            if (random.nextInt(4) == 0) {
                send(store, collection, writer, Math.max(0, step - random.nextInt(AGAIN)), acks);
            }
        }
    }

    private static void send(Forebay store, UUID collection, int writer, int step, PrintStream acks) {
        WriteAck ack = IdempotencyOracle.send(store, collection, writer, step).join();
        synchronized (acks) {
            acks.println("acked " + writer + " " + step + " " + ack.minSeqId() + " " + ack.maxSeqId() + " "
                    + ack.replayed());
            acks.flush();
        }
    }
}
