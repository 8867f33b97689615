package io.forebay.index.record;

import static io.forebay.index.record.Stores.C;
import static io.forebay.index.record.Stores.add;
import static io.forebay.index.record.Stores.apply;
import static io.forebay.index.record.Stores.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.index.record.RecordStore.CatalogEntry;
import io.forebay.index.record.RecordStore.CollectionState;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordStoreTest {
    @TempDir
    Path directory;

    @Test
    void everythingIsThereAfterReopening() {
        CollectionState state;
        try (RecordStore store = Stores.open(directory)) {
            apply(store, C, add("a", "b", "c"));
            state = apply(store, C, Stores.delete("b"));
        }
        try (RecordStore store = Stores.open(directory)) {
            assertThat(store.state(C)).isEqualTo(state);
            assertThat(ids(store, C)).containsExactly("a", "c");
            assertThat(store.liveOrdinals(C).toArray()).containsExactly(0, 2);
            assertThat(apply(store, C, add("b"))).isEqualTo(new CollectionState(5, 4, 4, 3, 5));
        }
    }

    @Test
    void theCatalogKeepsItsEntriesAndItsSeqId() {
        try (RecordStore store = Stores.open(directory)) {
            assertThat(store.catalogSeqId()).isZero();
            assertThat(store.readCatalog()).isEmpty();
            store.writeCatalog(List.of(entry("b", "2"), entry("", "0"), entry("a", "1")), 5);
            store.writeCatalog(List.of(entry("a", null), entry("b", "new")), 9);
        }
        try (RecordStore store = Stores.open(directory)) {
            assertThat(store.catalogSeqId()).isEqualTo(9);
            assertThat(store.readCatalog()).extracting(e -> text(e.key()) + "=" + text(e.value()))
                    .containsExactly("=0", "b=new");
        }
    }

    @Test
    void aNewerFormatIsRefusedByName() throws IOException {
        Stores.open(directory).close();
        Files.writeString(directory.resolve("FORMAT"),
                "forebay-records " + (FormatMarker.VERSION + 1) + "\n");
        assertThatThrownBy(() -> Stores.open(directory)).isInstanceOf(RecordStoreException.class)
                .hasMessageContaining("has record format " + (FormatMarker.VERSION + 1)
                        + ", written by a newer Forebay");
        Files.writeString(directory.resolve("FORMAT"), "something\n");
        assertThatThrownBy(() -> Stores.open(directory)).hasMessageContaining("is damaged");
        Files.delete(directory.resolve("FORMAT"));
        assertThatThrownBy(() -> Stores.open(directory)).hasMessageContaining("without the file FORMAT");
    }

    @Test
    void aSecondOpenOfTheSameDirectoryIsRefused() {
        try (RecordStore store = Stores.open(directory)) {
            assertThatThrownBy(() -> Stores.open(directory)).isInstanceOf(RecordStoreException.class)
                    .hasMessageContaining("cannot open the record segment");
            apply(store, C, add("a"));
        }
    }

    @Test
    void aReaderSeesTheMomentItWasMadeAt() {
        try (RecordStore store = Stores.open(directory)) {
            apply(store, C, add("a", "b"));
            try (RecordReader reader = store.read(C)) {
                apply(store, C, Stores.delete("a"));
                apply(store, C, add("c"));
                store.flush();
                assertThat(reader.state()).isEqualTo(new CollectionState(2, 2, 2, 2, 2));
                assertThat(reader.select(null, null, 0, -1)).containsExactly(0, 1);
                assertThat(reader.rows(List.of("a", "c"))).containsExactly(0);
                assertThat(reader.fetch(new int[]{1, 0, 2}, true, true, true)).extracting(
                        row -> row == null ? null : row.id()).containsExactly("b", "a", null);
            }
            assertThat(ids(store, C)).containsExactly("b", "c");
        }
    }

    @Test
    void theHookRunsBeforeAnyFileOfAFlushIsWritten() throws IOException {
        AtomicReference<Set<String>> atHook = new AtomicReference<>(Set.of());
        AtomicInteger calls = new AtomicInteger();
        try (RecordStore store = Stores.open(directory, () -> {
            calls.incrementAndGet();
            atHook.set(tables());
        })) {
            apply(store, C, Stores.addOne("a", "text", Stores.metadata("n", 1)));
            store.writeCatalog(List.of(entry("k", "v")), 1);
            assertThat(calls).hasValue(0);
            store.flush();
            assertThat(calls).as("once for all column families").hasValue(1);
            assertThat(atHook.get()).isEmpty();
            Set<String> first = tables();
            assertThat(first).as("one file per column family").hasSize(6);
            apply(store, C, Stores.addOne("b", "text", null));
            store.flush();
            assertThat(calls).hasValue(2);
            assertThat(atHook.get()).isEqualTo(first);
        }
    }

    @Test
    void theHookRunsBeforeAutomaticFlushesToo() {
        List<Integer> filesAtHook = Collections.synchronizedList(new ArrayList<>());
        Random random = new Random(1);
        try (RecordStore store = Stores.open(directory, () -> filesAtHook.add(tables().size()))) {
            for (int i = 0; filesAtHook.size() < 3; i++) {
                assertThat(i).as("batches without a third flush").isLessThan(1000);
                apply(store, C, bulk("b" + i + "-", 100, random));
            }
            assertThat(filesAtHook.getFirst()).isZero();
        }
    }

    @Test
    void afterAHookThatFailedNothingIsWritten() {
        AtomicBoolean fails = new AtomicBoolean(true);
        RecordStore store = Stores.open(directory, () -> {
            if (fails.get()) {
                throw new IllegalStateException("the log cannot be synced");
            }
        });
        apply(store, C, add("a"));
        assertThatThrownBy(store::flush).isInstanceOf(RecordStoreException.class)
                .hasRootCauseMessage("the log cannot be synced");
        fails.set(false);
        Applier applier = store.applier(C);
        applier.add(add("b"), 2, 2);
        assertThatThrownBy(applier::commit).isInstanceOf(RecordStoreException.class);
        assertThatThrownBy(() -> store.writeCatalog(List.of(), 1)).isInstanceOf(RecordStoreException.class);
        assertThat(ids(store, C)).containsExactly("a");
        store.close();
    }

    @Test
    void droppingGivesSpaceBackAndTouchesNobodyElse() {
        Random random = new Random(2);
        try (RecordStore store = Stores.open(directory)) {
            apply(store, C - 1, add("before"));
            apply(store, C + 1, add("behind"));
            for (int i = 0; i < 60; i++) {
                apply(store, C, bulk("b" + i + "-", 100, random));
            }
            store.flush();
            long full = store.stats().bytesOnDisk();
            assertThat(full).isGreaterThan(8 << 20);
            try (RecordReader reader = store.read(C)) {
                store.drop(C);
                assertThatThrownBy(() -> reader.rows(List.of("b0-0")))
                        .isInstanceOf(IllegalStateException.class);
            }
            assertThat(store.state(C)).isEqualTo(Positions.NONE);
            assertThat(ids(store, C)).isEmpty();
            assertThat(ids(store, C - 1)).containsExactly("before");
            assertThat(ids(store, C + 1)).containsExactly("behind");
            assertThat(store.stats().bytesOnDisk()).isLessThan(full / 20);
        }
        try (RecordStore store = Stores.open(directory)) {
            assertThat(store.state(C)).isEqualTo(Positions.NONE);
            assertThat(ids(store, C + 1)).containsExactly("behind");
        }
    }

    @Test
    void anApplierOfADroppedCollectionWorksNoMore() {
        try (RecordStore store = Stores.open(directory)) {
            Applier applier = store.applier(C);
            applier.add(add("a"), 1, 1);
            store.drop(C);
            assertThatThrownBy(applier::commit).isInstanceOf(IllegalStateException.class);
            assertThat(store.state(C)).isEqualTo(Positions.NONE);
        }
    }

    @Test
    void unflushedBytesGrowWithWritesAndFallWithAFlush() {
        try (RecordStore store = Stores.open(directory)) {
            long empty = store.unflushedBytes();
            apply(store, C, bulk("x", 300, new Random(3)));
            long full = store.unflushedBytes();
            assertThat(full).isGreaterThan(empty + 300 * 1000);
            store.flush();
            assertThat(store.unflushedBytes()).isLessThan(full / 4);
            assertThat(store.stats().unflushedBytes()).isLessThan(full / 4);
        }
    }

    @Test
    void concurrentReadersSeeAPrefixOnly() throws Exception {
        int batches = 200;
        AtomicBoolean done = new AtomicBoolean();
        try (RecordStore store = Stores.open(directory);
                ExecutorService threads = Executors.newFixedThreadPool(3)) {
            List<Future<?>> readers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                readers.add(threads.submit(() -> {
                    while (!done.get()) {
                        checkPrefix(store);
                    }
                    checkPrefix(store);
                }));
            }
            Future<?> other = threads.submit(() -> {
                for (int i = 0; i < batches; i++) {
                    apply(store, C + 1, add("o" + i));
                }
            });
            Applier applier = store.applier(C);
            for (int i = 0; i < batches; i++) {
                applier.add(add(i + "-0", i + "-1", i + "-2"), 3L * i + 1, 3L * i + 3);
                applier.commit();
            }
            done.set(true);
            for (Future<?> reader : readers) {
                reader.get();
            }
            other.get();
            assertThat(store.state(C)).isEqualTo(new CollectionState(600, 600, 600, 600, 600));
        }
    }

    private static void checkPrefix(RecordStore store) {
        try (RecordReader reader = store.read(C)) {
            int count = reader.count();
            assertThat(count).isEqualTo((int) reader.state().appliedSeqId());
            int[] rows = reader.select(null, new io.forebay.model.Where.And(List.of(
                    new io.forebay.model.Where.Compare("none", io.forebay.model.Where.Comparison.NE,
                            io.forebay.model.MetadataValue.of(1)))),
                    0, -1);
            assertThat(rows).hasSize(count);
            List<RecordReader.Row> fetched = reader.fetch(rows, true, true, true);
            for (int i = 0; i < count; i++) {
                assertThat(fetched.get(i).id()).isEqualTo(i / 3 + "-" + i % 3);
            }
            assertThat(reader.rows(List.of(count / 3 + "-0"))).isEmpty();
        }
    }

    @Test
    void callsRacingACloseGetAnExceptionAndNoFault() throws Exception {
        for (int round = 0; round < 5; round++) {
            RecordStore store = Stores.open(directory.resolve("round" + round));
            apply(store, C, bulk("x", 2000, new Random(round)));
            CountDownLatch started = new CountDownLatch(4);
            try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
                List<Future<?>> racing = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    int thread = i;
                    racing.add(threads.submit(() -> {
                        started.countDown();
                        assertThatThrownBy(() -> useForEver(store, thread))
                                .isInstanceOf(IllegalStateException.class).hasMessageContaining("is closed");
                    }));
                }
                started.await();
                store.close();
                for (Future<?> one : racing) {
                    one.get();
                }
            }
            store.close();
        }
    }

    private static void useForEver(RecordStore store, int thread) {
        Applier applier = store.applier(C + 1 + thread);
        for (long i = 1;; i++) {
            applier.add(add("id" + i), i, i);
            applier.commit();
            try (RecordReader reader = store.read(C)) {
                store.stats();
                reader.ordinals(null, new io.forebay.model.Where.Document(
                        io.forebay.model.Where.TextMatch.CONTAINS, "zz"));
                reader.fetch(reader.rows(List.of("x1", "x2")), true, true, true);
            }
        }
    }

    @Test
    void aReaderClosedTwiceOrAfterTheStoreIsNoFault() {
        RecordStore store = Stores.open(directory);
        apply(store, C, add("a"));
        RecordReader reader = store.read(C);
        assertThat(store.stats().readersOpen()).isEqualTo(1);
        store.close();
        reader.close();
        reader.close();
        assertThatThrownBy(() -> reader.rows(List.of("a"))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> store.state(C)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theNativeLibraryLeavesNoFileBehind() {
        Stores.open(directory).close();
        assertThat(directory.resolve("native")).doesNotExist();
        assertThat(Path.of(System.getProperty("java.io.tmpdir")))
                .isDirectoryNotContaining("glob:**librocksdb*");
    }

    private Set<String> tables() {
        try (Stream<Path> files = Files.list(directory)) {
            return new TreeSet<>(files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".sst")).toList());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Documents of 1.5 KB that do not compress. */
    private static RecordBatch bulk(String prefix, int records, Random random) {
        RecordBatchBuilder batch = RecordBatch.builder(Operation.ADD);
        for (int i = 0; i < records; i++) {
            StringBuilder text = new StringBuilder();
            while (text.length() < 1500) {
                text.append(Long.toHexString(random.nextLong()));
            }
            batch.record(prefix + i, new float[]{1}, text.toString());
        }
        return batch.build();
    }

    private static CatalogEntry entry(String key, String value) {
        return new CatalogEntry(key.getBytes(StandardCharsets.UTF_8),
                value == null ? null : value.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
