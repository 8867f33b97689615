package io.forebay.engine;

import io.forebay.engine.backup.BackupState;
import io.forebay.engine.backup.BackupState.Phase;
import io.forebay.engine.backup.Backups;
import io.forebay.engine.backup.Repository;
import io.forebay.engine.backup.Restoring;
import io.forebay.model.Operation;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/** The process that {@link BackupCrashTest} kills. */
final class BackupCrashChild {
    static final int STEP = 400;
    static final int DIMENSION = 16;

    private BackupCrashChild() {}

    /** Arguments: "create", store, backups, number of the next step; or "restore", backups, target. */
    public static void main(String[] arguments) {
        PrintStream out = System.out;
        if (arguments[0].equals("restore")) {
            out.println("begun");
            out.flush();
            new Restoring(new Repository(Path.of(arguments[1])), read -> {})
                    .run(new Restoring.Wish(null, null, null), Path.of(arguments[2]));
            return;
        }
        Forebay store = Forebay.open(Path.of(arguments[1]),
                TestStores.smallOs().withExtentBytes(1 << 20).withCheckpointIntervalMillis(100));
        Backups backups = new Backups(store, Path.of(arguments[2]), List.of(), false);
        UUID id = TestStores.create(store, "docs");
        for (int step = Integer.parseInt(arguments[3]); step < 10_000; step++) {
            store.write(id,
                    TestStores.batch(Operation.UPSERT, "r", step * STEP, (step + 1) * STEP, DIMENSION),
                    WriteOptions.DEFAULT).join();
            String made = backups.create().id();
            while (backups.isWorking()) {
                Thread.onSpinWait();
            }
            BackupState state = backups.state(made);
            if (state.phase() != Phase.DONE) {
                throw new IllegalStateException(state.toString());
            }
            out.println("backup " + step + " " + made);
            out.flush();
        }
    }
}
