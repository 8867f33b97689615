package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.index.vector.IndexEngine;
import io.forebay.model.CollectionConfig;
import io.forebay.model.CollectionInfo;
import io.forebay.model.Database;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.ReadOptions;
import io.forebay.model.Space;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A fork begins with all that its source has; then neither knows of the other. */
class ForkTest {
    /** Two full blocks of the arena and some. */
    private static final int RECORDS = 2 * 4096 + 900;

    @TempDir
    Path root;

    private Path directory = Path.of("");

    @BeforeEach
    void directory() {
        directory = root.resolve("store");
    }

    /** Checkpoints come when the test says so. */
    private Forebay open(IndexEngine engine, long memoryMax) {
        return Forebay.open(directory, TestStores.smallOs().withExtentBytes(32 << 20)
                .withCheckpointIntervalMillis(3_600_000).withCheckpointBytes(1L << 40)
                .withIndex(new IndexOptions(engine, memoryMax)));
    }

    private Forebay open() {
        return open(IndexEngine.NATIVE, 0);
    }

    private static UUID source(Forebay store) {
        UUID id = store.createCollection(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE, "source",
                Map.of("about", MetadataValue.of("tests")), CollectionConfig.of(Space.COSINE), false).join()
                .id();
        Forks.write(store, id, Operation.ADD, "r", 0, RECORDS);
        Forks.delete(store, id, "r", 100, 200);
        Forks.write(store, id, Operation.UPSERT, "r", 150, 160);
        return id;
    }

    private static CollectionRuntime runtime(Forebay store, UUID id) {
        return store.store.catalog.collection(id);
    }

    private Path files(int number) {
        return directory.resolve("vectors").resolve(Integer.toString(number));
    }

    private static ErrorCode codeOf(CompletableFuture<?> failing) {
        try {
            failing.join();
        } catch (CompletionException failure) {
            return ((ForebayException) Objects.requireNonNull(failure.getCause())).code();
        }
        throw new AssertionError("it did not fail");
    }

    @ParameterizedTest
    @EnumSource
    void aForkHasAllThatItsSourceHasAlsoAfterARestart(IndexEngine engine) {
        UUID source;
        UUID fork;
        try (Forebay store = open(engine, 0)) {
            source = source(store);
            fork = Forks.fork(store, source, "fork");
            CollectionInfo from = store.collection(source);
            CollectionInfo made = store.collection(fork);
            assertThat(made.metadata()).isEqualTo(from.metadata());
            assertThat(made.config()).isEqualTo(from.config());
            assertThat(made.dimension()).isEqualTo(Forks.DIMENSION);
            assertThat(made.number()).isNotEqualTo(from.number());
            assertThat(store.collection(made.tenant(), made.database(), "fork")).isEqualTo(made);
            Forks.checkSame(store, source, fork);
        }
        try (Forebay store = open(engine, 0)) {
            Forks.checkSame(store, source, fork);
            assertThat(store.health().reasons()).isEmpty();
        }
    }

    @Test
    void whatHappensToOneOfThemIsNotSeenInTheOther() {
        UUID source;
        UUID fork;
        List<String> before;
        List<String> changed;
        try (Forebay store = open()) {
            source = source(store);
            before = Forks.content(store, source);
            fork = Forks.fork(store, source, "fork");
            Forks.write(store, source, Operation.UPSERT, "r", 0, RECORDS);
            Forks.write(store, source, Operation.ADD, "new", 0, 5_000);
            Forks.delete(store, source, "r", 0, 4_000);
            changed = Forks.content(store, source);
            assertThat(Forks.content(store, fork)).isEqualTo(before);
            Forks.write(store, fork, Operation.ADD, "other", 0, 300);
            Forks.delete(store, fork, "other", 0, 300);
            assertThat(Forks.content(store, source)).isEqualTo(changed);
        }
        try (Forebay store = open()) {
            assertThat(Forks.content(store, source)).isEqualTo(changed);
            assertThat(Forks.content(store, fork)).isEqualTo(before);
            assertThat(Forks.nearest(store, fork, 50, 1).getFirst()).startsWith("r-50 ");
            Forks.write(store, fork, Operation.UPDATE, "r", 0, 10);
            Forks.deleteCollection(store, source);
            store.store.checkpointer.run();
        }
        try (Forebay store = open()) {
            assertThat(Forks.content(store, fork)).hasSameSizeAs(before);
            assertThat(Forks.nearest(store, fork, 4_500, 1).getFirst()).startsWith("r-4500 ");
            assertThat(store.health().reasons()).isEmpty();
            Forks.deleteCollection(store, fork);
            await().until(() -> !Files.exists(files(2)));
        }
    }

    @Test
    void aBlockThatOneOfThemGivesBackStaysWithTheOther() {
        UUID fork;
        UUID source;
        List<String> before;
        try (Forebay store = open()) {
            source = source(store);
            fork = Forks.fork(store, source, "fork");
            before = Forks.content(store, source);
            // All of the first two blocks die, first in the source, then in the fork.
            Forks.delete(store, source, "r", 0, 8_300);
            store.flush(source, Position.APPLIED).join();
            store.store.checkpointer.run();
            assertThat(files(runtime(store, source).number).resolve("block-000000")).doesNotExist();
            assertThat(Forks.content(store, fork)).isEqualTo(before);
        }
        try (Forebay store = open()) {
            assertThat(Forks.content(store, fork)).isEqualTo(before);
            UUID second = Forks.fork(store, fork, "second");
            Forks.delete(store, fork, "r", 0, 8_300);
            store.flush(fork, Position.APPLIED).join();
            store.store.checkpointer.run();
            assertThat(files(runtime(store, fork).number).resolve("block-000001")).doesNotExist();
            assertThat(Forks.content(store, second)).isEqualTo(before);
            assertThat(store.count(fork, ReadOptions.DEFAULT).join())
                    .isEqualTo(store.count(source, ReadOptions.DEFAULT).join());
        }
    }

    @Test
    void fullBlocksAndTheGraphAreTheSameFilesAndTheLastBlockIsNot() throws IOException {
        try (Forebay store = open()) {
            UUID source = source(store);
            store.flush(source, Position.LINKED).join();
            UUID fork = Forks.fork(store, source, "fork");
            Path from = files(runtime(store, source).number);
            Path to = files(runtime(store, fork).number);
            for (String shared : List.of("block-000000", "block-000001", "graph")) {
                assertThat(Files.isSameFile(from.resolve(shared), to.resolve(shared))).as(shared).isTrue();
            }
            assertThat(Files.isSameFile(from.resolve("block-000002"), to.resolve("block-000002"))).isFalse();
            // Nothing is to be linked again.
            assertThat(store.status(fork).linkedSeqId()).isEqualTo(store.status(fork).appliedSeqId());
        }
    }

    @Test
    void aForkOfNothingIsEmptyAndCanBeWritten() {
        UUID fork;
        try (Forebay store = open()) {
            UUID source = TestStores.create(store, "source");
            fork = Forks.fork(store, source, "fork");
            assertThat(store.collection(fork).dimension()).isZero();
            Forks.write(store, fork, Operation.ADD, "r", 0, 10);
            assertThat(store.count(source, ReadOptions.DEFAULT).join()).isZero();
        }
        try (Forebay store = open()) {
            assertThat(store.count(fork, ReadOptions.DEFAULT).join()).isEqualTo(10);
        }
    }

    @Test
    void aColdSourceIsForked() {
        try (Forebay store = open(IndexEngine.NATIVE, 1L << 40)) {
            UUID source = source(store);
            store.flush(source, Position.LINKED).join();
            await().until(() -> {
                store.store.budget.unloadBeyond(0);
                return runtime(store, source).held.isCold();
            });
            UUID fork = Forks.fork(store, source, "fork");
            await().until(() -> {
                store.store.budget.unloadBeyond(0);
                return runtime(store, source).held.isCold() && runtime(store, fork).held.isCold();
            });
            Forks.checkSame(store, source, fork);
        }
    }

    @Test
    void forksOfTheSameTreeAreCountedWhoeverIsAsked() {
        UUID source;
        UUID fork;
        UUID grandchild;
        try (Forebay store = open()) {
            source = TestStores.create(store, "source");
            UUID alone = TestStores.create(store, "alone");
            fork = Forks.fork(store, source, "fork");
            grandchild = Forks.fork(store, fork, "grandchild");
            Forks.fork(store, source, "dropped");
            assertThat(Stream.of(source, fork, grandchild, alone).map(store::forkCount))
                    .containsExactly(3, 3, 3, 0);
            TestStores.drop(store, "dropped");
            TestStores.drop(store, "source");
        }
        try (Forebay store = open()) {
            assertThat(Stream.of(fork, grandchild).map(store::forkCount)).containsExactly(2, 2);
            assertThatThrownBy(() -> store.forkCount(source)).isInstanceOf(ForebayException.class)
                    .hasMessage("Collection [" + source + "] does not exist.");
            store.updateCollection(grandchild, CollectionChange.NONE.withName("renamed")).join();
            assertThat(store.forkCount(grandchild)).isEqualTo(2);
        }
    }

    @Test
    void whatCannotBeForkedIsToldAndLeavesNothing() {
        try (Forebay store = open()) {
            UUID source = source(store);
            TestStores.create(store, "taken");
            UUID unknown = UUID.randomUUID();
            assertThat(codeOf(store.forkCollection(unknown, "fork"))).isEqualTo(ErrorCode.NOT_FOUND);
            assertThat(codeOf(store.forkCollection(source, "taken"))).isEqualTo(ErrorCode.ALREADY_EXISTS);
            assertThatThrownBy(() -> store.forkCollection(source, "a").join())
                    .hasMessageContaining("Validation error: new_name: Expected a name containing 3-512");
            // One of two finds the name taken, at the latest when it is to be logged.
            CompletableFuture<CollectionInfo> one = store.forkCollection(source, "fork");
            CompletableFuture<CollectionInfo> other = store.forkCollection(source, "fork");
            CompletableFuture.allOf(one, other).exceptionally(failure -> null).join();
            assertThat(one.isCompletedExceptionally()).isNotEqualTo(other.isCompletedExceptionally());
            assertThat(codeOf(one.isCompletedExceptionally() ? one : other))
                    .isEqualTo(ErrorCode.ALREADY_EXISTS);
            assertThat(store.collections(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE, null, 0))
                    .hasSize(3);
        }
    }

    @Test
    void whatACrashLeftOfAForkIsRemovedAndItsNumberIsNotUsedAgain() throws IOException {
        Path image = root.resolve("image");
        UUID source;
        int number;
        try (Forebay store = open()) {
            source = source(store);
            store.flush(source, Position.APPLIED).join();
            number = store.store.changes.reserveNumber();
            try (ReadPath.Snapshot snapshot = store.store.reads.snapshot(runtime(store, source), true)) {
                store.store.records.copy(snapshot.records(), number, () -> {});
                store.store.segments.forkVectors(runtime(store, source).number, number,
                        Objects.requireNonNull(snapshot.vectors()));
            }
            store.store.records.flush();
            assertThat(store.store.records.state(number).ordinals()).isGreaterThan(RECORDS);
            StoreImage.copy(directory, image);
        }
        try (Forebay store = Forebay.open(image, TestStores.smallOs())) {
            await().until(() -> store.removalsWaiting() == 0);
            assertThat(store.store.records.state(number).ordinals()).isZero();
            assertThat(image.resolve("vectors").resolve(Integer.toString(number))).doesNotExist();
            UUID fork = Forks.fork(store, source, "fork");
            assertThat(store.collection(fork).number()).isGreaterThan(number);
            Forks.checkSame(store, source, fork);
        }
    }

    @Test
    void aChangeFeedOfAForkBeginsWithTheFork() {
        try (Forebay store = open()) {
            UUID source = TestStores.create(store, "source");
            Forks.write(store, source, Operation.ADD, "r", 0, 10);
            UUID fork = Forks.fork(store, source, "fork");
            long seqId = store.status(fork).appliedSeqId();
            assertThatThrownBy(() -> store.changes(fork, 1L)).isInstanceOf(PurgedException.class);
            try (ChangeFeed feed = store.changes(fork, seqId + 1)) {
                assertThat(feed.next()).isNull();
                Forks.write(store, fork, Operation.ADD, "more", 0, 3);
                assertThat(Objects.requireNonNull(feed.next()).batch().size()).isEqualTo(3);
            }
        }
    }

    @Test
    void aTenantIsFoundByTheResourceNameThatItWasGiven() {
        try (Forebay store = open()) {
            store.createTenant("acme").join();
            store.createDatabase("acme", "stock").join();
            store.createCollection("acme", "stock", "docs", null, CollectionConfig.DEFAULT, false).join();
            store.updateTenant("acme", "acme-inc").join();
            store.updateTenant("nobody", "nothing").join();
            assertThat(codeOf(store.updateTenant(Database.DEFAULT_TENANT, "acme")))
                    .isEqualTo(ErrorCode.ALREADY_EXISTS);
            assertThat(codeOf(store.updateTenant(Database.DEFAULT_TENANT, "acme-inc")))
                    .isEqualTo(ErrorCode.ALREADY_EXISTS);
        }
        try (Forebay store = open()) {
            assertThat(store.resourceName("acme")).isEqualTo("acme-inc");
            assertThat(store.resourceName(Database.DEFAULT_TENANT)).isNull();
            assertThat(store.resourceName("nobody")).isNull();
            for (String crn : List.of("acme-inc:stock:docs", "acme:stock:docs")) {
                assertThat(store.collectionByResourceName(crn).name()).isEqualTo("docs");
            }
            assertThatThrownBy(() -> store.collectionByResourceName("acme-inc:stock:other"))
                    .hasMessage("Collection [other] does not exist");
            for (String bad : List.of("docs", "a:b", "a:b:c:d", ":b:c", "a::c", "a:b:", "")) {
                assertThatThrownBy(() -> store.collectionByResourceName(bad))
                        .hasMessageStartingWith("Validation error: crn: CRN must be in the format ");
            }
        }
    }
}
