package io.forebay.index.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.index.record.RecordStore.CatalogEntry;
import io.forebay.model.RecordBatch;
import io.forebay.model.Where;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * A child process applies batches that follow from a seed, with buffers so small that RocksDB flushes often,
 * and is killed. What is on disk then must be exactly the batches up to the applied seqId: in every column
 * family, for every collection, and for the catalog. The next child goes on from there.
 */
class RecordCrashTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final int LIVES = 4;
    private static final int COLLECTIONS = 2;
    private static final int FILTERS = 30;
    /** The last has only begun when the child is killed; those before have ended, since one thread flushes. */
    private static final int FLUSHES_PER_LIFE = 3;

    @TempDir
    Path directory;

    @Test
    void afterAKillEveryColumnFamilyIsAtTheAppliedSeqId() throws Exception {
        long seed = Long.getLong("forebay.seed", System.nanoTime());
        System.out.println("RecordCrashTest seed=" + seed);
        long appliedOfAll = 0;
        for (int life = 0; life < LIVES; life++) {
            Process child = child(seed);
            try (BufferedReader out = new BufferedReader(
                    new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
                for (int flushes = 0; flushes < FLUSHES_PER_LIFE;) {
                    String line = out.readLine();
                    assertThat(line).as("a line of the child").isNotNull();
                    flushes += line.equals("flushing") ? 1 : 0;
                }
            } finally {
                child.destroyForcibly().waitFor();
            }
            try (RecordStore store = Stores.open(directory)) {
                long before = appliedOfAll;
                appliedOfAll = 0;
                for (int c = 0; c < COLLECTIONS; c++) {
                    appliedOfAll += check(store, seed, c);
                }
                assertThat(appliedOfAll).as("what this life flushed").isGreaterThan(before);
                checkCatalog(store);
            }
            checkFamilies(seed);
            assertThat(directory.resolve("native")).doesNotExist();
        }
    }

    private static long check(RecordStore store, long seed, int c) {
        Oracle oracle = new Oracle();
        long applied = store.state(c).appliedSeqId();
        Sequence sequence = new Sequence(seed, c);
        while (sequence.seqId < applied) {
            oracle.apply(sequence.next());
        }
        assertThat(sequence.seqId).as("the applied seqId ends a batch").isEqualTo(applied);
        try (RecordReader reader = store.read(c)) {
            List<RecordReader.Row> expected = oracle.select(null, null).stream().map(Oracle.Entry::asRow)
                    .toList();
            int[] rows = reader.select(null, null, 0, -1);
            assertThat(reader.fetch(rows, true, true, true)).isEqualTo(expected);
            assertThat(reader.rows(expected.stream().map(RecordReader.Row::id).toList())).isEqualTo(rows);
            assertThat(reader.count()).isEqualTo(expected.size());
            // Postings and text index must be at the same point, wherever the upkeep was.
            Generator filters = new Generator(seed + applied, 5000);
            for (int i = 0; i < FILTERS; i++) {
                Where where = filters.where(2);
                assertThat(reader.select(null, where, 0, -1)).as("%s", where)
                        .isEqualTo(
                                oracle.select(null, where).stream().mapToInt(entry -> entry.row).toArray());
            }
        }
        return applied;
    }

    /** What the reader does not look at when the position says that nothing is there: every key of every family. */
    private void checkFamilies(long seed) {
        List<String> ids = new ArrayList<>();
        List<String> records = new ArrayList<>();
        List<String> documents = new ArrayList<>();
        try (Database db = Database.open(directory, Stores.small(), () -> {})) {
            for (int c = 0; c < COLLECTIONS; c++) {
                Oracle oracle = new Oracle();
                Sequence sequence = new Sequence(seed, c);
                for (long applied = applied(db, c); sequence.seqId < applied;) {
                    oracle.apply(sequence.next());
                }
                for (Oracle.Entry entry : oracle.entries.values()) {
                    String rowKey = HEX.formatHex(Keys.row(c, entry.row));
                    ids.add(HEX.formatHex(Keys.id(c, entry.id.getBytes(StandardCharsets.UTF_8))));
                    records.add(rowKey);
                    documents.addAll(entry.document == null ? List.of() : List.of(rowKey));
                }
            }
            assertThat(keys(db, db.ids)).containsExactlyInAnyOrderElementsOf(ids);
            assertThat(keys(db, db.records)).containsExactlyElementsOf(records);
            assertThat(keys(db, db.documents)).containsExactlyElementsOf(documents);
        }
    }

    private static long applied(Database db, int collection) {
        try {
            byte[] value = db.rocks.get(db.positions, Keys.collection(collection));
            return value == null ? 0 : Positions.decode(value).appliedSeqId();
        } catch (RocksDBException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> keys(Database db, ColumnFamilyHandle family) {
        List<String> keys = new ArrayList<>();
        try (RocksIterator at = db.rocks.newIterator(family)) {
            for (at.seekToFirst(); at.isValid(); at.next()) {
                keys.add(HEX.formatHex(at.key()));
            }
        }
        return keys;
    }

    private static void checkCatalog(RecordStore store) {
        if (store.catalogSeqId() > 0) {
            assertThat(store.readCatalog()).singleElement().extracting(CatalogEntry::value)
                    .isEqualTo(Long.toString(store.catalogSeqId()).getBytes(StandardCharsets.UTF_8));
        }
    }

    private Process child(long seed) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + Path.of(System.getProperty("forebay.root"), "jvm.options"), "-Xmx256m",
                "-cp", System.getProperty("java.class.path"), Child.class.getName(), directory.toString(),
                Long.toString(seed)));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    /** The batches of one collection: the same for the same seed, whoever asks. */
    private static final class Sequence {
        private final Generator generator;
        long seqId;

        Sequence(long seed, int collection) {
            generator = new Generator(seed + collection, 5000);
        }

        RecordBatch next() {
            RecordBatch batch = generator.batch();
            seqId += batch.size();
            return batch;
        }
    }

    /** Runs until it is killed. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) {
            long seed = Long.parseLong(arguments[1]);
            RecordStoreConfig config = new RecordStoreConfig(64 << 10, 1 << 20, 1 << 20, 2, 0);
            RecordStore store = RecordStore.open(Path.of(arguments[0]), config,
                    () -> System.out.println("flushing"));
            store.upkeep.tuning(new Upkeep.Tuning(64, 32, 200));
            List<Thread> threads = new ArrayList<>();
            for (int c = 0; c < COLLECTIONS; c++) {
                int collection = c;
                threads.add(Thread.ofPlatform().start(() -> apply(store, seed, collection)));
            }
        }

        private static void apply(RecordStore store, long seed, int collection) {
            Sequence sequence = new Sequence(seed, collection);
            Applier applier = store.applier(collection);
            while (true) {
                long from = sequence.seqId + 1;
                RecordBatch batch = sequence.next();
                if (applier.add(batch, from, sequence.seqId)) {
                    applier.commit();
                    store.upkeep(collection);
                    if (collection == 0) {
                        byte[] seqId = Long.toString(sequence.seqId).getBytes(StandardCharsets.UTF_8);
                        store.writeCatalog(List.of(new CatalogEntry(new byte[]{1}, seqId)), sequence.seqId);
                    }
                }
            }
        }
    }
}
