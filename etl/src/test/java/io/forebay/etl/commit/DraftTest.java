package io.forebay.etl.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.etl.commit.CommitDraft.Counts;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.Operation;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.WriteBatch;

/** A draft between its first batch and its end, through restarts, lost batches and other jobs. */
class DraftTest {
    private final UUID job = UUID.randomUUID();

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
    void nobodySeesADraftBeforeItsEnd() {
        CommitInfo first = world.importAll(docs, World.rows("a", 0, 10, 1));
        CommitDraft draft = world.draft(docs, job);
        world.load(draft, World.rows("a", 5, 15, 2));
        assertThat(world.log(docs)).containsExactly(first);
        assertThat(world.history.rows(docs, "main", null, null, 100)).hasSize(10)
                .allMatch(row -> Oracle.equal(row, World.row(row.id(), 1)));
        CommitInfo second = draft.finish();
        assertThat(world.history.rows(docs, "main", null, null, 100)).hasSize(15);
        assertThat(world.history.diff(docs, null, second.id(), null, 100)).hasSize(10);
    }

    @Test
    void aDraftThatWasNotEndedIsFoundAgainWithItsCounts() {
        world.importAll(docs, World.rows("a", 0, 10, 1));
        CommitDraft draft = world.draft(docs, job);
        world.load(draft, World.rows("a", 8, 14, 2));
        world.remove(draft, List.of("a0"));
        Counts counts = new Counts(4, 2, 1);
        assertThat(draft.counts()).isEqualTo(counts);
        world.restart();
        CommitDraft found = world.draft(docs, job);
        assertThat(found.counts()).isEqualTo(counts);
        assertThat(found.find(List.of("a0", "a9", "a13"))).containsOnlyKeys("a9", "a13");
        world.load(found, World.rows("a", 13, 15, 2));
        CommitInfo commit = found.finish();
        assertThat(List.of(commit.inserted(), commit.updated(), commit.deleted())).containsExactly(5L, 2L,
                1L);
        world.restart();
        CommitDraft ended = world.draft(docs, job);
        assertThat(ended.finish()).isEqualTo(commit);
        assertThat(ended.counts()).isEqualTo(new Counts(5, 2, 1));
        assertThat(ended.find(List.of("a0", "a14"))).containsOnlyKeys("a14");
        assertThat(world.log(docs)).hasSize(2);
    }

    @Test
    void aBatchThatWasNeverWrittenIsNotInTheDraft() {
        CommitDraft draft = world.draft(docs, job);
        world.load(draft, World.rows("a", 0, 3, 1));
        try (WriteBatch lost = new WriteBatch()) {
            draft.put(lost, List.of(new RowChange("a7", World.row("a7", 1), null)), 1);
        }
        CommitDraft again = world.draft(docs, job);
        assertThat(again.counts()).isEqualTo(new Counts(3, 0, 0));
        assertThat(again.find(List.of("a2", "a7"))).containsOnlyKeys("a2");
        assertThatThrownBy(() -> draft.find(List.of("a2"))).hasMessageContaining("begun again elsewhere");
    }

    @Test
    void anIdThatComesTwiceHasTheFirstBeforeAndTheLastAfter() {
        world.importAll(docs, World.rows("a", 0, 4, 1));
        CommitDraft draft = world.draft(docs, job);
        try (WriteBatch batch = new WriteBatch()) {
            draft.put(batch, List.of(change("a0", 2), change("a0", 3), change("new", 1)));
            draft.put(batch, List.of(change("a0", 4), change("a1", 2), new RowChange("new", null, null)));
            assertThat(draft.find(List.of("a0", "new"))).as("before it is written").containsOnlyKeys("a0");
            world.db.write(batch, false);
        }
        world.put(draft, List.of(change("a1", 1), new RowChange("never", null, null)), -1);
        assertThat(draft.counts()).isEqualTo(new Counts(0, 1, 0));
        CommitInfo commit = draft.finish();
        assertThat(world.history.diff(docs, null, commit.id(), null, 100)).containsExactly(
                new History.RowDiff("a0", Oracle.hash(World.row("a0", 1)), Oracle.hash(World.row("a0", 4))));
    }

    private static RowChange change(String id, int version) {
        return new RowChange(id, World.row(id, version), World.source(World.row(id, version)));
    }

    @Test
    void anEqualRowOfAnotherSourceIsNoChangeAndItsSourceIsKnown() {
        world.importAll(docs, World.rows("a", 0, 2, 1));
        CommitDraft draft = world.draft(docs, job);
        byte[] source = World.source(World.row("other", 9));
        world.put(draft, List.of(new RowChange("a0", World.row("a0", 1), source)), -1);
        CommitInfo commit = draft.finish();
        assertThat(world.history.diff(docs, null, commit.id(), null, 10)).isEmpty();
        assertThat(commit.updated()).isZero();
        assertThat(world.draft(docs, UUID.randomUUID()).find(List.of("a0")).get("a0").sourceHash())
                .isEqualTo(source);
    }

    @Test
    void whatAnImplicitCommitFindsEqualKeepsItsSource() {
        world.importAll(docs, World.rows("a", 0, 2, 1));
        world.write(docs, Operation.UPSERT, World.rows("a", 0, 1, 1));
        Map<String, RowState> found = world.draft(docs, job).find(List.of("a0"));
        assertThat(found.get("a0").sourceHash()).isEqualTo(World.source(World.row("a0", 1)));
        assertThat(world.log(docs)).hasSize(1);
    }

    @Test
    void anotherJobsDraftGivesUpTheOldOneWhoseWritesAreAnImplicitCommit() {
        CommitDraft old = world.draft(docs, job);
        world.load(old, World.rows("a", 0, 1200, 1));
        CommitInfo imported = world.importAll(docs, World.rows("b", 0, 5, 1));
        assertThat(world.log(docs).stream().map(CommitInfo::records)).containsExactly(1205L, 1200L);
        assertThat(world.log(docs).getLast().kind()).isEqualTo(CommitInfo.Kind.IMPLICIT);
        assertThat(world.log(docs).getFirst()).isEqualTo(imported);
        assertThatThrownBy(old::finish).isInstanceOfSatisfying(ForebayException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }

    @Test
    void whatTheApiWroteDuringAnImportIsTheNextCommitAndNotPartOfIt() {
        CommitDraft draft = world.draft(docs, job);
        world.load(draft, World.rows("a", 0, 10, 1));
        world.write(docs, Operation.UPSERT, World.rows("a", 9, 12, 2));
        CommitInfo commit = draft.finish();
        assertThat(commit.records()).isEqualTo(10);
        CommitInfo next = world.log(docs).getFirst();
        assertThat(List.of(next.number(), next.inserted(), next.updated())).containsExactly(2L, 2L, 1L);
    }

    @Test
    void anImportThatWasAloneIsNotLookedThroughAgain() {
        CommitDraft draft = world.draft(docs, job);
        world.load(draft, World.rows("a", 0, 10, 1));
        draft.finish();
        long last = world.engine.lastSeqId();
        assertThat(new Lines(world.db).head(docs).seqId()).isEqualTo(last);
        CommitDraft uncounted = world.draft(docs, UUID.randomUUID());
        world.write(docs, Operation.UPSERT, World.rows("a", 0, 1, 2));
        world.put(uncounted, List.of(change("a0", 2)), -1);
        uncounted.finish();
        assertThat(new Lines(world.db).head(docs).seqId()).isEqualTo(last);
    }

    @Test
    void anImportOfNothingIsACommitToo() {
        CommitInfo commit = world.draft(docs, job).finish();
        assertThat(List.of(commit.number(), commit.records())).containsExactly(1L, 0L);
        assertThat(world.history.diff(docs, null, "main", null, 10)).isEmpty();
    }
}
