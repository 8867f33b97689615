package io.forebay.etl.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.etl.db.ImportDatabase.Family;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.StoredRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.WriteBatch;

/** What a sweep removes, and what it must not. */
class SweepTest {
    @TempDir
    Path directory;

    private World world;
    private UUID docs;

    @BeforeEach
    void open() {
        world = new World(directory);
        docs = world.collection("docs");
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void linesOfDroppedCollectionsGoAndRowsThatOnlyTheyHad() {
        world.importAll(docs, World.rows("a", 0, 30, 1));
        UUID gone = world.collection("gone");
        world.importAll(gone, World.rows("a", 20, 50, 1));
        CommitDraft draft = world.draft(gone, UUID.randomUUID());
        world.load(draft, World.rows("a", 60, 70, 1));
        world.history.sweep();
        assertThat(world.keys(Family.ROWS)).isEqualTo(60);
        world.drop("gone");
        world.history.sweep();
        assertThat(world.keys(Family.ROWS)).isEqualTo(30);
        assertThat(world.keys(Family.TREES)).isEqualTo(30);
        assertThat(world.keys(Family.CHANGES)).isEqualTo(30);
        assertThat(new Lines(world.db).collections()).containsExactly(docs);
        assertThat(world.history.rows(docs, "main", null, null, 100)).hasSize(30);
        assertThatThrownBy(() -> draft.find(List.of("a60"))).isInstanceOf(ForebayException.class);
        assertThat(world.db.get(Family.COMMITS, Keys.unnamed())).as("nothing is left to do").isNull();
    }

    @Test
    void rowsThatADraftPutAndReplacedGo() {
        CommitDraft draft = world.draft(docs, UUID.randomUUID());
        world.load(draft, World.rows("a", 0, 10, 1));
        world.load(draft, World.rows("a", 0, 10, 2));
        draft.finish();
        assertThat(world.keys(Family.ROWS)).isEqualTo(20);
        world.history.sweep();
        assertThat(world.keys(Family.ROWS)).isEqualTo(10);
        assertThat(world.history.rows(docs, "main", null, null, 100)).hasSize(10);
    }

    @Test
    void rowsOfABatchThatIsNotWrittenYetStay() {
        UUID gone = world.collection("gone");
        world.importAll(gone, World.rows("a", 0, 10, 1));
        CommitDraft draft = world.draft(docs, UUID.randomUUID());
        world.drop("gone");
        try (WriteBatch batch = new WriteBatch()) {
            draft.put(batch, World.rows("a", 0, 10, 1).stream()
                    .map(row -> new RowChange(row.id(), row, null)).toList(), -1);
            world.history.sweep();
            assertThat(world.keys(Family.ROWS)).as("they are named by a batch only").isEqualTo(10);
            world.db.write(batch, false);
        }
        world.history.sweep();
        draft.finish();
        assertThat(world.history.rows(docs, "main", null, null, 100)).hasSize(10);
    }

    @Test
    void whatIsPutWhileASweepLooksElsewhereIsMarked() {
        CommitDraft draft = world.draft(docs, UUID.randomUUID());
        RowMarks marks = new RowMarks(100, 0);
        world.history.guard.begin(marks);
        world.load(draft, World.rows("a", 0, 10, 1));
        world.history.guard.end();
        world.load(draft, World.rows("b", 0, 1, 1));
        assertThat(World.rows("a", 0, 10, 1)).allMatch(row -> marks.isMarked(hash(row)));
        assertThat(marks.isMarked(hash(World.row("b0", 1)))).isFalse();
    }

    private static byte[] hash(StoredRecord row) {
        return CanonicalRow.hash(CanonicalRow.encode(row));
    }

    @Test
    void sweepsBesideDraftsTakeNoRowThatIsNamed() {
        Random random = new Random(World.seed());
        AtomicInteger sweeps = new AtomicInteger();
        CompletableFuture<Void> imports = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 40 || sweeps.get() < 20; i++) {
                CommitDraft draft = world.draft(docs, UUID.randomUUID());
                for (int j = 0; j < 3; j++) {
                    List<RowChange> changes = new ArrayList<>();
                    World.rows("a", 0, 40, random.nextInt(6)).forEach(row -> changes.add(
                            new RowChange(row.id(), random.nextInt(3) == 0 ? null : row, null)));
                    world.put(draft, changes, -1);
                }
                draft.finish();
            }
        });
        while (!imports.isDone()) {
            world.history.sweep();
            sweeps.incrementAndGet();
        }
        imports.join();
        for (CommitInfo commit : world.history.log(docs, 0, 30).commits()) {
            assertThat(world.history.rows(docs, commit.id(), null, null, 100))
                    .hasSize((int) commit.records());
        }
    }

    @Test
    void aDamagedRowIsNamedAndTheOthersAreRead() {
        world.importAll(docs, World.rows("a", 0, 3, 1));
        byte[] canonical = CanonicalRow.encode(World.row("a1", 1));
        byte[] hash = CanonicalRow.hash(canonical);
        canonical[20] ^= 1;
        world.db.put(Family.ROWS, hash, canonical, false);
        assertThatThrownBy(() -> world.history.rows(docs, "main", null, null, 10))
                .isInstanceOfSatisfying(ForebayException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
                .hasMessageContaining("[a1]").hasMessageContaining(CommitHistory.hex(hash));
        assertThat(world.history.rows(docs, "main", List.of("a0", "a2"), null, 10)).hasSize(2);
    }

    @Test
    void marksHoldEveryRowThatWasPutAndFewOthers() {
        int rows = 20_000;
        RowMarks marks = new RowMarks(rows, 3);
        for (int i = 0; i < rows; i++) {
            marks.mark(hash(i));
        }
        int wrong = 0;
        for (int i = 0; i < rows; i++) {
            assertThat(marks.isMarked(hash(i))).isTrue();
            wrong += marks.isMarked(hash(rows + i)) ? 1 : 0;
        }
        assertThat(wrong).isLessThan(rows / 20);
    }

    private static byte[] hash(int i) {
        return CanonicalRow.hash(Keys.utf8("row " + i));
    }
}
