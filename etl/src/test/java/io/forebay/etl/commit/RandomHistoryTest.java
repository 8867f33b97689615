package io.forebay.etl.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.Operation;
import io.forebay.model.StoredRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random imports, writes through the API, sweeps and restarts against an oracle that holds everything in memory. */
@Tag("fuzz")
class RandomHistoryTest {
    private static final int IDS = 60;

    @TempDir
    Path directory;

    private final Random random = new Random(World.seed());
    private final Oracle oracle = new Oracle();
    private World world;
    private UUID docs;
    private int version;

    @Test
    void historyIsWhatTheOracleSays() {
        world = new World(directory);
        docs = world.collection("docs");
        for (int step = 0; step < 40; step++) {
            step();
            if (step % 5 == 4) {
                check();
            }
        }
        check();
        world.close();
    }

    private void step() {
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> importSome();
            case 3, 4 -> api(Operation.UPSERT);
            case 5 -> api(Operation.ADD);
            case 6 -> api(Operation.UPDATE);
            case 7 -> delete(ids());
            case 8 -> {
                world.history.log(docs, 0, 1);
                implicit();
            }
            default -> {
                world.restart();
                if (random.nextBoolean()) {
                    world.history.sweep();
                }
            }
        }
    }

    /** Where something differs from the head, whoever looks makes a commit of it. */
    private void implicit() {
        if (oracle.hasLine && !oracle.isHeadNow()) {
            oracle.commit();
        }
    }

    private void importSome() {
        oracle.hasLine = true;
        implicit();
        UUID job = UUID.randomUUID();
        CommitDraft draft = world.draft(docs, job);
        TreeMap<String, StoredRecord> imported = new TreeMap<>(oracle.now);
        int batches = random.nextInt(4);
        for (int i = 0; i < batches; i++) {
            loadSome(draft, imported);
            if (random.nextInt(5) == 0) {
                // The API writes while the import is at work: that belongs to the next commit.
                api(Operation.UPSERT);
            }
            if (random.nextInt(4) == 0) {
                world.restart();
                draft = world.draft(docs, job);
            }
        }
        CommitInfo commit = draft.finish();
        oracle.commits.add(imported);
        assertThat(commit.records()).isEqualTo(imported.size());
        if (random.nextInt(3) == 0) {
            world.restart();
            assertThat(world.draft(docs, job).finish()).isEqualTo(commit);
        }
    }

    private void loadSome(CommitDraft draft, TreeMap<String, StoredRecord> imported) {
        if (random.nextInt(4) == 0) {
            List<String> gone = ids();
            world.remove(draft, gone);
            gone.forEach(oracle.now::remove);
            gone.forEach(imported::remove);
            return;
        }
        List<StoredRecord> rows = rows();
        world.load(draft, rows);
        rows.forEach(row -> oracle.now.merge(row.id(), row, Oracle::merged));
        rows.forEach(row -> imported.put(row.id(), row));
    }

    private void api(Operation operation) {
        List<StoredRecord> rows = rows();
        world.write(docs, operation, rows);
        for (StoredRecord row : rows) {
            boolean there = oracle.now.containsKey(row.id());
            if (operation == Operation.UPSERT || there == (operation == Operation.UPDATE)) {
                oracle.now.merge(row.id(), row, Oracle::merged);
            }
        }
    }

    private void delete(List<String> ids) {
        world.delete(docs, ids);
        ids.forEach(oracle.now::remove);
    }

    private List<String> ids() {
        return random.ints(random.nextInt(1, 12), 0, IDS).distinct().mapToObj(i -> name(i)).toList();
    }

    /** Zero bytes and ids that begin like others, for the order of the keys. */
    private static String name(int i) {
        return switch (i % 4) {
            case 0 -> "id" + i / 4;
            case 1 -> "id" + i / 4 + "\0";
            case 2 -> "id" + i / 4 + "\0\u0001";
            default -> "ïd-" + i / 4;
        };
    }

    /** Few versions, so that rows come again. */
    private List<StoredRecord> rows() {
        version = random.nextInt(4);
        return ids().stream().map(id -> World.row(id, version)).toList();
    }

    private void check() {
        List<CommitInfo> log = world.log(docs).reversed();
        implicit();
        assertThat(log).hasSize(oracle.commits.size());
        for (int i = 0; i < log.size(); i++) {
            CommitInfo commit = log.get(i);
            assertThat(commit.number()).isEqualTo(i + 1);
            assertThat(commit.parent()).isEqualTo(i == 0 ? null : log.get(i - 1).id());
            counts(commit);
            rowsAt(commit);
        }
        for (int i = 0; i < 10 && !log.isEmpty(); i++) {
            diff(log);
            undo(log.get(random.nextInt(log.size())));
        }
    }

    private void counts(CommitInfo commit) {
        long inserted = 0;
        long updated = 0;
        long deleted = 0;
        for (History.RowDiff diff : oracle.diff(commit.number() - 1, commit.number(), null)) {
            inserted += diff.before() == null ? 1 : 0;
            deleted += diff.after() == null ? 1 : 0;
            updated += diff.before() != null && diff.after() != null ? 1 : 0;
        }
        assertThat(List.of(commit.inserted(), commit.updated(), commit.deleted(), commit.records()))
                .containsExactly(inserted, updated, deleted, (long) oracle.at(commit.number()).size());
    }

    private void rowsAt(CommitInfo commit) {
        TreeMap<String, StoredRecord> expected = oracle.at(commit.number());
        List<StoredRecord> found = new ArrayList<>();
        int limit = random.nextInt(1, 30);
        String after = null;
        List<StoredRecord> page;
        do {
            page = world.history.rows(docs, commit.id(), null, after, limit);
            found.addAll(page);
            after = page.isEmpty() ? after : page.getLast().id();
        } while (!page.isEmpty());
        assertThat(found.stream().map(StoredRecord::id)).containsExactlyElementsOf(expected.keySet());
        found.forEach(row -> assertThat(Oracle.equal(row, expected.get(row.id()))).as(row.id()).isTrue());
        List<String> some = ids();
        assertThat(world.history.rows(docs, commit.id().substring(0, 12), some, null, 100).stream()
                .map(StoredRecord::id)).containsExactlyElementsOf(
                        some.stream().filter(expected::containsKey).toList());
    }

    private void diff(List<CommitInfo> log) {
        long from = random.nextInt(log.size() + 1);
        long to = random.nextInt(1, log.size() + 1);
        String after = random.nextBoolean() ? null : name(random.nextInt(IDS));
        int limit = random.nextInt(1, 80);
        if (from == 0) {
            from = to - 1;
        }
        List<History.RowDiff> expected = oracle.diff(from, to, after);
        String fromId = from == to - 1 && random.nextBoolean() || from == 0
                ? null
                : log.get((int) from - 1).id();
        assertThat(world.history.diff(docs, fromId, log.get((int) to - 1).id(), after, limit))
                .as("from %s to %s", from, to)
                .containsExactlyElementsOf(expected.subList(0, Math.min(limit, expected.size())));
    }

    private void undo(CommitInfo commit) {
        List<History.RowDiff> expected = oracle.diff(commit.number() - 1, commit.number(), null);
        Map<String, StoredRecord> before = oracle.at(commit.number() - 1);
        Map<String, StoredRecord> head = oracle.commits.getLast();
        List<History.Undo> steps = new ArrayList<>();
        world.history.undo(docs, commit.id(), null, steps::add);
        assertThat(steps.stream().map(History.Undo::id))
                .containsExactlyElementsOf(expected.stream().map(History.RowDiff::id).toList());
        Map<String, Boolean> changed = new HashMap<>();
        expected.forEach(diff -> changed.put(diff.id(),
                !java.util.Objects.equals(diff.after(), Oracle.hash(head.get(diff.id())))));
        for (History.Undo step : steps) {
            assertThat(Oracle.hash(step.before())).isEqualTo(Oracle.hash(before.get(step.id())));
            assertThat(step.changedSince()).isEqualTo(changed.get(step.id()));
        }
        assertThat(world.history.changedSince(docs, commit.id()))
                .isEqualTo(changed.values().stream().filter(is -> is).count());
    }
}
