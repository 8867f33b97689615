package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.engine.check.CheckReport;
import io.forebay.engine.check.StoreCheck;
import io.forebay.engine.check.StoreRebuild;
import io.forebay.model.Finding;
import io.forebay.model.ForebayException;
import io.forebay.model.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores after random work, closed and killed, are found sound, and nothing of them is changed by looking. */
class StoreCheckTest {
    @TempDir
    Path root;

    private final List<Finding> found = new ArrayList<>();

    private CheckReport check(Path store) {
        found.clear();
        return StoreCheck.run(store, found::add, stage -> {}, (at, out) -> 0);
    }

    /** Names, times and bytes. */
    private static Map<String, String> content(Path root) throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.toList()) {
                all.put(root.relativize(file).toString(), Files.getLastModifiedTime(file)
                        + (Files.isRegularFile(file) ? " " + Arrays.hashCode(Files.readAllBytes(file)) : ""));
            }
        }
        return all;
    }

    private List<Finding> damages() {
        return found.stream().filter(Finding::isDamage).toList();
    }

    @Test
    void storesOfRandomWorkAreSoundClosedOrKilledAndNothingIsWritten() throws IOException {
        long seed = TestStores.seed();
        Path store = root.resolve("store");
        for (int life = 0; life < 3; life++) {
            Path killed = root.resolve("killed-" + life);
            try (Forebay forebay = Forebay.open(store, TestStores.small())) {
                RandomWork work = new RandomWork(forebay, seed + life);
                if (life == 1) {
                    work.fill();
                }
                work.steps(25);
                if (life == 2) {
                    forebay.write(work.first(),
                            Poison.withDamagedMetadata(TestStores.batch(Operation.UPSERT, "p", 0, 3, 8)),
                            WriteOptions.DEFAULT).join();
                    TestStores.drop(forebay, "other");
                }
                forebay.flush(work.first(), Position.APPLIED).join();
                StoreImage.copy(store, killed);
            }
            for (Path each : List.of(killed, store)) {
                Map<String, String> before = content(each);
                CheckReport report = check(each);
                assertThat(damages()).as("seed %d, life %d", seed, life).isEmpty();
                assertThat(report.fine()).isTrue();
                assertThat(content(each)).isEqualTo(before);
            }
        }
        await().until(() -> {
            try (Forebay forebay = Forebay.open(store, TestStores.small())) {
                forebay.flush(TestStores.create(forebay, "docs"), Position.LINKED).join();
            }
            CheckReport now = check(store);
            return now.grams() > 10_000 && now.graphNodes() > 500;
        });
        CheckReport report = check(store);
        assertThat(report.records()).isGreaterThan(800);
        assertThat(report.pairs()).isGreaterThan(3000);
        assertThat(report.graphNodes()).isGreaterThan(500);
        assertThat(report.vectors()).isEqualTo(report.records());
        assertThat(report.collections()).isGreaterThanOrEqualTo(2);
        assertThat(report.format()).isEqualTo(1);
        assertThat(report.pendingEntries()).isZero();
    }

    @Test
    void aStoreInUseOrNoneCannotBeLookedAt() {
        Path store = root.resolve("store");
        try (Forebay forebay = Forebay.open(store, TestStores.small())) {
            TestStores.create(forebay, "docs");
            assertThatThrownBy(() -> check(store)).isInstanceOf(ForebayException.class)
                    .hasMessageContaining("is in use by process");
        }
        assertThat(check(store).fine()).isTrue();
        assertThatThrownBy(() -> check(root.resolve("nothing"))).hasMessageContaining("there is no store in");
    }

    @Test
    void changesOfTheCatalogThatTheNextStartTakesArePending() throws IOException {
        Path killed = root.resolve("killed");
        try (Forebay forebay = Forebay.open(root.resolve("store"), TestStores.small())) {
            TestStores.create(forebay, "docs");
            StoreImage.copy(root.resolve("store"), killed);
        }
        CheckReport report = check(killed);
        assertThat(report.fine()).isTrue();
        assertThat(report.pendingEntries()).isPositive();
        assertThat(found).extracting(Finding::what)
                .anyMatch(what -> what.matches("[12] entries of the catalog are not applied yet"));
    }

    /** The catalog is flushed later than the files of a dropped collection are deleted; the log has the drop. */
    @Test
    void whatTheLogDropsIsNotMissed() throws IOException {
        Path store = root.resolve("store");
        Path killed = root.resolve("killed");
        try (Forebay forebay = Forebay.open(store, TestStores.small())) {
            UUID docs = TestStores.create(forebay, "docs");
            forebay.write(docs, TestStores.batch(Operation.ADD, "d", 0, 50, 8), WriteOptions.DEFAULT).join();
            forebay.flush(docs, Position.APPLIED).join();
        }
        try (Forebay forebay = Forebay.open(store, TestStores.small())) {
            StoreImage.copy(store.resolve("records"), killed.resolve("records"));
            TestStores.drop(forebay, "docs");
            await().until(() -> forebay.removalsWaiting() == 0);
            StoreImage.copy(store.resolve("wal"), killed.resolve("wal"));
            StoreImage.copy(store.resolve("vectors"), killed.resolve("vectors"));
            Files.copy(store.resolve("STORE"), killed.resolve("STORE"));
        }
        assertThat(check(killed).fine()).isTrue();
        assertThat(found).extracting(Finding::what).contains("the log drops it");
    }

    @Test
    void halfARestoreIsRefused() throws IOException {
        Path store = root.resolve("store");
        Forebay.open(store, TestStores.small()).close();
        Files.createDirectory(store.resolve("restore.tmp"));
        for (ThrowingCallable each : List.<ThrowingCallable>of(() -> check(store),
                () -> StoreRebuild.open(store, false), () -> SegmentTools.open(store))) {
            assertThatThrownBy(each).isInstanceOf(ForebayException.class)
                    .hasMessageContaining("restore that was not finished");
        }
    }

    @Test
    void aCopyWithoutTheLockFileIsLookedAtAndAStartMeanwhileIsNoticed() throws IOException {
        Path store = root.resolve("store");
        Forebay.open(store, TestStores.small()).close();
        Files.delete(store.resolve("wal/LOCK"));
        assertThat(check(store).fine()).isTrue();
        assertThat(found).extracting(Finding::code).contains("no-lock");
        assertThatThrownBy(() -> StoreCheck.run(store, found::add, stage -> {}, (at, out) -> {
            Forebay.open(store, TestStores.small()).close();
            return 0;
        })).isInstanceOf(ForebayException.class).hasMessageContaining("was opened while it was looked at");
    }
}
