package io.forebay.etl.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.etl.db.ImportDatabase.Family;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.Operation;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What imports and the API do to a line of commits, one thing at a time. */
class CommitHistoryTest {
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
    void anImportIsOneCommitAndTheNextOnesParent() {
        CommitInfo first = world.importAll(docs, World.rows("a", 0, 50, 1));
        CommitInfo second = world.importAll(docs, World.rows("a", 40, 60, 2));
        assertThat(world.log(docs)).containsExactly(second, first);
        assertThat(second.parent()).isEqualTo(first.id());
        assertThat(List.of(first.inserted(), first.updated(), first.records())).containsExactly(50L, 0L, 50L);
        assertThat(List.of(second.inserted(), second.updated(), second.records())).containsExactly(10L, 10L,
                60L);
        assertThat(world.history.commit(docs, "main")).isEqualTo(second);
        assertThat(world.history.commit(docs, first.id().substring(0, 9))).isEqualTo(first);
    }

    @Test
    void whatTheApiWritesBetweenImportsIsAnImplicitCommit() {
        world.importAll(docs, World.rows("a", 0, 10, 1));
        world.write(docs, Operation.UPSERT, World.rows("a", 5, 12, 3));
        world.delete(docs, List.of("a0", "a1", "never"));
        CommitInfo newest = world.log(docs).getFirst();
        assertThat(newest.kind()).isEqualTo(CommitInfo.Kind.IMPLICIT);
        assertThat(List.of(newest.inserted(), newest.updated(), newest.deleted(), newest.records()))
                .containsExactly(2L, 5L, 2L, 10L);
        assertThat(world.log(docs)).as("nothing happened since").hasSize(2);
    }

    @Test
    void findTellsWhatIsThereAndWhatTheDraftHasPut() {
        CommitDraft draft = world.draft(docs, UUID.randomUUID());
        assertThat(draft.find(List.of("a1"))).isEmpty();
        world.load(draft, World.rows("a", 0, 3, 1));
        Map<String, RowState> found = draft.find(List.of("a1", "a2", "a3"));
        assertThat(found).containsOnlyKeys("a1", "a2");
        assertThat(found.get("a1").sourceHash()).isEqualTo(World.source(World.row("a1", 1)));
        draft.finish();
        assertThat(world.draft(docs, UUID.randomUUID()).find(List.of("a0")).get("a0").rowHash())
                .isEqualTo(CanonicalRow.hash(CanonicalRow.encode(World.row("a0", 1))));
    }

    @Test
    void equalRowsAreStoredOnce() {
        world.importAll(docs, World.rows("a", 0, 20, 1));
        UUID other = world.collection("other");
        world.importAll(other, World.rows("a", 0, 25, 1));
        assertThat(world.keys(Family.ROWS)).isEqualTo(25);
    }

    @Test
    void aPrefixMustBeLongEnoughUniqueAndThere() {
        CommitInfo commit = world.importAll(docs, World.rows("a", 0, 1, 1));
        byte[] twin = HexFormat.of().parseHex(commit.id());
        twin[31] ^= 1;
        world.db.put(Family.COMMITS, Keys.commitId(docs, twin), new byte[]{0, 0, 0, 0, 0, 0, 0, 1}, false);
        refused(() -> world.history.commit(docs, commit.id().substring(0, 7)), ErrorCode.INVALID_ARGUMENT);
        refused(() -> world.history.commit(docs, commit.id().substring(0, 9)), ErrorCode.INVALID_ARGUMENT);
        refused(() -> world.history.commit(docs, "nothing-hexadecimal"), ErrorCode.INVALID_ARGUMENT);
        refused(() -> world.history.commit(docs, "0123456789abcdef0"), ErrorCode.NOT_FOUND);
        refused(() -> world.history.commit(world.collection("other"), "main"), ErrorCode.NOT_FOUND);
        assertThat(world.history.commit(docs, commit.id().toUpperCase(Locale.ROOT))).isEqualTo(commit);
    }

    private static void refused(Runnable action, ErrorCode code) {
        assertThatThrownBy(action::run).isInstanceOfSatisfying(ForebayException.class,
                e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
    }

    @Test
    void aCommitIsUndoneByACommitThatSaysSo() {
        world.importAll(docs, World.rows("a", 0, 10, 1));
        CommitInfo bad = world.importAll(docs, World.rows("a", 5, 15, 2));
        assertThat(world.history.changedSince(docs, bad.id())).isZero();
        world.write(docs, Operation.UPSERT, World.rows("a", 5, 6, 3));
        CommitDraft draft = world.history
                .draft(new DraftRequest(docs, UUID.randomUUID(), "undo", null, bad.id()));
        assertThat(world.history.changedSince(docs, bad.id())).isEqualTo(1);
        world.history.undo(docs, bad.id(), null, step -> {
            if (step.before() == null) {
                world.remove(draft, List.of(step.id()));
            } else {
                assertThat(step.sourceHash()).isEqualTo(World.source(step.before()));
                world.load(draft, List.of(step.before()));
            }
        });
        CommitInfo undone = draft.finish();
        assertThat(undone.kind()).isEqualTo(CommitInfo.Kind.REVERT);
        assertThat(undone.revertOf()).isEqualTo(bad.id());
        String first = world.log(docs).getLast().id();
        assertThat(world.history.diff(docs, first, "main", null, 10)).isEmpty();
        assertThat(world.stored(docs)).hasSize(10);
    }

    @Test
    void aCollectionThatIsGoneIsNotFound() {
        CommitDraft draft = world.draft(docs, UUID.randomUUID());
        world.load(draft, World.rows("a", 0, 3, 1));
        world.drop("docs");
        for (Runnable action : List.<Runnable>of(draft::finish, () -> world.log(docs),
                () -> world.draft(docs, UUID.randomUUID()), () -> world.history.commit(docs, "main"))) {
            refused(action, ErrorCode.NOT_FOUND);
        }
    }
}
