package io.forebay.etl.commit;

import io.forebay.engine.WriteOptions;
import io.forebay.model.Durability;
import io.forebay.model.Operation;
import io.forebay.model.StoredRecord;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The process that {@link DraftCrashTest} kills: it goes on with one draft, a batch a step, from where it finds it, and
 * prints each step that is written. A step adds ten rows, changes two of the step before, and from the third step on
 * deletes one of two steps before.
 */
final class DraftCrashChild {
    static final UUID JOB = new UUID(1, 2);
    static final int ROWS = 10;

    private DraftCrashChild() {}

    public static void main(String[] arguments) {
        PrintStream acks = System.out;
        World world = new World(Path.of(arguments[0]));
        CommitDraft draft = world.draft(world.collection("docs"), JOB);
        for (int step = steps(draft);; step++) {
            world.engine.write(draft.collection(), World.batch(Operation.UPSERT, rows(step)),
                    new WriteOptions(Durability.OS)).join();
            world.put(draft, changes(step), -1);
            acks.println("step " + step);
            acks.flush();
        }
    }

    /** How many steps a draft with these counts has: the first two leave ten rows each, the others nine. */
    static int steps(CommitDraft draft) {
        int inserted = (int) draft.counts().inserted();
        return inserted <= 2 * ROWS ? inserted / ROWS : (inserted - 2) / (ROWS - 1);
    }

    static List<StoredRecord> rows(int step) {
        List<StoredRecord> rows = new ArrayList<>(World.rows("row" + step + "-", 0, ROWS, 1));
        if (step > 0) {
            rows.addAll(World.rows("row" + (step - 1) + "-", 0, 2, 2));
        }
        return rows;
    }

    static List<RowChange> changes(int step) {
        List<RowChange> changes = new ArrayList<>();
        rows(step).forEach(row -> changes.add(new RowChange(row.id(), row, null)));
        if (step > 1) {
            changes.add(new RowChange(deleted(step), null, null));
        }
        return changes;
    }

    static String deleted(int step) {
        return "row" + (step - 2) + "-9";
    }

    /** In a collection that was empty: what is there, none changed, none deleted. */
    static CommitDraft.Counts counts(int steps) {
        return new CommitDraft.Counts((long) steps * ROWS - Math.max(0, steps - 2), 0, 0);
    }
}
