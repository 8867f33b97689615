package io.forebay.engine;

import io.forebay.model.DeleteRequest;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.wal.WalEntry;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The process that {@link DeadLetterCrashTest} kills. Each step writes a batch that is set aside, then discards it or writes
 * it again, then perhaps deletes its records; each of these is printed when it was acknowledged.
 */
final class DeadLetterCrashChild {
    static final int RECORDS = 5;
    static final String PREFIX = "bad-";

    private DeadLetterCrashChild() {}

    static List<String> ids(int step) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            ids.add(PREFIX + step + "-" + i);
        }
        return ids;
    }

    /** The first time an entry comes it cannot be applied; a retry, which has a key, can. */
    private static final class FirstTime implements Applying.Watch {
        @Override
        public void entry(WalEntry entry) {
            RecordBatch batch = RecordBatch.wrap(entry.payload());
            if (entry.header().batchIdHash() == 0 && batch.operation() == Operation.UPSERT
                    && batch.id(0).startsWith(PREFIX)) {
                throw new IllegalArgumentException("for the test");
            }
        }
    }

    /** Arguments: directory, number of the next step. */
    public static void main(String[] arguments) {
        PrintStream acks = System.out;
        Forebay store = Forebay.open(Path.of(arguments[0]),
                TestStores.smallOs().withCheckpointIntervalMillis(30));
        store.store.applying.watch = new FirstTime();
        UUID docs = TestStores.create(store, "docs");
        for (int step = Integer.parseInt(arguments[1]); step < 100_000; step++) {
            long letter = store.write(docs,
                    TestStores.batch(Operation.UPSERT, PREFIX + step, 0, RECORDS, 8), WriteOptions.DEFAULT)
                    .join().minSeqId();
            say(acks, "written " + step + " " + letter);
            store.flush(docs, Position.APPLIED).join();
            if (step % 7 == 6) {
                store.discardDeadLetter(docs, letter).join();
                say(acks, "discarded " + step + " " + letter);
                continue;
            }
            store.retryDeadLetter(docs, letter, WriteOptions.DEFAULT).join();
            say(acks, "retried " + step + " " + letter);
            if (step % 2 == 0) {
                store.delete(docs, new DeleteRequest(ids(step), null, null), WriteOptions.DEFAULT).join();
                say(acks, "deleted " + step + " " + letter);
            }
        }
    }

    private static void say(PrintStream acks, String line) {
        acks.println(line);
        acks.flush();
    }
}
