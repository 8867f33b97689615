package io.forebay.etl.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.engine.Position;
import io.forebay.engine.PurgedException;
import io.forebay.model.Operation;
import io.forebay.model.StoredRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a line learns what the API did: from the log, or from the collection itself where the log does not reach back. */
class CatchUpTest {
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

    private void assertMainIsWhatTheEngineHas() {
        Map<String, StoredRecord> main = new HashMap<>();
        world.history.rows(docs, "main", null, null, Integer.MAX_VALUE)
                .forEach(row -> main.put(row.id(), row));
        assertThat(Oracle.hashes(main)).isEqualTo(Oracle.hashes(world.stored(docs)));
    }

    @Test
    void aCollectionThatHadRecordsBeforeItsFirstImportBeginsWithThem() {
        world.write(docs, Operation.ADD, World.rows("a", 0, 700, 1));
        assertThat(world.log(docs)).as("never imported into").isEmpty();
        CommitInfo imported = world.importAll(docs, World.rows("b", 0, 5, 1));
        CommitInfo first = world.log(docs).getLast();
        assertThat(imported.parent()).isEqualTo(first.id());
        assertThat(first.kind()).isEqualTo(CommitInfo.Kind.IMPLICIT);
        assertThat(List.of(first.inserted(), first.records(), imported.records()))
                .containsExactly(700L, 700L, 705L);
        assertMainIsWhatTheEngineHas();
    }

    @Test
    void aForkBeginsALineOfItsOwn() {
        world.importAll(docs, World.rows("a", 0, 30, 1));
        UUID fork = world.engine.forkCollection(docs, "fork").join().id();
        assertThat(world.log(fork)).isEmpty();
        world.importAll(fork, World.rows("a", 29, 31, 2));
        assertThat(world.log(fork).stream().map(CommitInfo::records)).containsExactly(31L, 30L);
        assertThat(world.log(docs)).hasSize(1);
    }

    @Test
    void whatTheLogDoesNotHaveAnyMoreIsFoundInTheCollection() {
        world.importAll(docs, World.rows("a", 0, 1000, 1));
        world.write(docs, Operation.UPSERT, World.rows("a", 100, 110, 2));
        world.delete(docs, List.of("a0", "a500", "a999"));
        for (int i = 0; i < 6; i++) {
            StoredRecord small = World.row("big" + i, 1);
            world.write(docs, Operation.ADD, List.of(new StoredRecord(small.id(), small.embedding(), null,
                    "x".repeat(2_000_000), null)));
        }
        world.engine.flush(docs, Position.APPLIED).join();
        world.restart();
        long behind = new Lines(world.db).head(docs).seqId() + 1;
        assertThatThrownBy(() -> world.engine.changes(docs, behind)).isInstanceOf(PurgedException.class);
        CommitInfo found = world.log(docs).getFirst();
        assertThat(List.of(found.number(), found.inserted(), found.updated(), found.deleted()))
                .containsExactly(2L, 6L, 10L, 3L);
        assertMainIsWhatTheEngineHas();
    }

    @Test
    void anImplicitCommitThatWasCutShortIsMadeWhole() {
        world.importAll(docs, World.rows("a", 0, 10, 1));
        world.write(docs, Operation.UPSERT, World.rows("a", 0, 5, 2));
        world.write(docs, Operation.UPSERT, World.rows("a", 9, 10, 7));
        Head head = new Lines(world.db).head(docs);
        LiveDraft half = new LiveDraft(world.db, world.history.guard, docs,
                Draft.implicit(head.number() + 1, head.seqId()), draft -> null);
        world.put(half, List.of(new RowChange("a1", World.row("a1", 2), null),
                new RowChange("a9", World.row("a9", 7), null)), -1);
        world.restart();
        world.write(docs, Operation.UPSERT, World.rows("a", 9, 10, 1));
        CommitInfo found = world.log(docs).getFirst();
        assertThat(List.of(found.number(), found.inserted(), found.updated(), found.deleted()))
                .containsExactly(2L, 0L, 5L, 0L);
        assertThat(world.history.diff(docs, null, "main", null, 100)).hasSize(5);
        assertMainIsWhatTheEngineHas();
    }

    @Test
    void moreIdsThanOneRoundTakesAreOneCommit() {
        world.importAll(docs, World.rows("a", 0, 10, 1));
        int many = CatchUp.ROUND_IDS + 3000;
        for (int i = 0; i < many; i += 4000) {
            world.write(docs, Operation.ADD, World.rows("b", i, Math.min(many, i + 4000), 1));
        }
        world.write(docs, Operation.UPSERT, World.rows("b", 0, 3, 2));
        world.delete(docs, List.of("b5"));
        CommitInfo found = world.log(docs).getFirst();
        assertThat(List.of(found.number(), found.inserted(), found.updated(), found.deleted()))
                .containsExactly(2L, many - 1L, 0L, 0L);
        assertThat(world.history.rows(docs, "main", List.of("b1"), null, 1))
                .allMatch(row -> Oracle.equal(row, World.row("b1", 2)));
    }

    @Test
    void pagesOfTheWholeMissNothingThatStaysWhileRecordsBeforeThemGo() {
        Random random = new Random(World.seed());
        for (int round = 0; round < 10; round++) {
            UUID collection = world.collection("round" + round);
            List<StoredRecord> rows = World.rows("a", 0, 60, 1);
            world.write(collection, Operation.ADD, rows);
            List<String> ids = new ArrayList<>(rows.stream().map(StoredRecord::id).toList());
            Collections.shuffle(ids, random);
            List<String> toGo = new ArrayList<>(ids.subList(0, random.nextInt(60)));
            Set<String> stay = new HashSet<>(ids.subList(toGo.size(), ids.size()));
            EngineSide side = new EngineSide(world.engine, collection);
            side.settle();
            WholeCollection whole = new WholeCollection(side, 1 + random.nextInt(12));
            Set<String> given = new HashSet<>();
            List<StoredRecord> page = whole.next();
            while (!page.isEmpty()) {
                page.forEach(row -> given.add(row.id()));
                if (!toGo.isEmpty()) {
                    List<String> gone = toGo.subList(0, 1 + random.nextInt(toGo.size()));
                    world.delete(collection, gone);
                    gone.clear();
                    side.settle();
                }
                page = whole.next();
            }
            assertThat(given).as("round %s", round).containsAll(stay);
        }
    }

    @Test
    void whileManyWriteEachLookIsACommitAndTheLastOneHasAll() {
        Random random = new Random(World.seed());
        world.importAll(docs, World.rows("a", 0, 100, 1));
        List<CompletableFuture<Void>> writers = new ArrayList<>();
        for (int w = 0; w < 3; w++) {
            long seed = random.nextLong();
            writers.add(CompletableFuture.runAsync(() -> writeSome(seed)));
        }
        CompletableFuture<Void> done = CompletableFuture.allOf(writers.toArray(CompletableFuture[]::new));
        int looks = 0;
        while (!done.isDone() || looks < 3) {
            world.history.log(docs, 0, 1);
            looks++;
            if (looks % 4 == 0) {
                world.importAll(docs, World.rows("import", 0, 30, looks));
            }
        }
        done.join();
        List<CommitInfo> log = world.log(docs);
        assertThat(log.size()).isGreaterThan(2);
        assertMainIsWhatTheEngineHas();
        assertThat(log.getFirst().records()).isEqualTo(world.stored(docs).size());
    }

    private void writeSome(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 60; i++) {
            int from = random.nextInt(180);
            List<StoredRecord> rows = World.rows("a", from, from + 1 + random.nextInt(20), random.nextInt(5));
            if (random.nextInt(4) == 0) {
                world.delete(docs, rows.stream().map(StoredRecord::id).toList());
            } else {
                world.write(docs, Operation.UPSERT, rows);
            }
        }
    }
}
