package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.engine.check.CheckReport;
import io.forebay.engine.check.StoreCheck;
import io.forebay.model.CollectionConfig;
import io.forebay.model.Finding;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.model.SparseVector;
import io.forebay.wal.WalTools;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damage of each kind, made on purpose to a store that was found sound, is found, named and explained. */
class StoreDamageTest {
    private static final int RECORDS = 700;
    @TempDir
    static Path sound;
    @TempDir
    Path directory;

    private Path store;
    private final List<Finding> found = new ArrayList<>();

    @BeforeAll
    static void make() {
        try (Forebay forebay = Forebay.open(sound.resolve("store"), TestStores.small())) {
            UUID docs = forebay.getOrCreateCollection("docs", CollectionConfig.DEFAULT).id();
            RecordBatchBuilder batch = RecordBatch.builder(Operation.ADD);
            for (int i = 0; i < RECORDS; i++) {
                batch.record("id-" + i, TestStores.vector(i, 8), "document " + i,
                        Map.of("page", MetadataValue.of(i), "sparse",
                                new MetadataValue.Sparse(
                                        new SparseVector(new int[]{i % 7}, new float[]{1 + i}))),
                        null);
            }
            forebay.write(docs, batch.build(), WriteOptions.ofKey("first")).join();
            forebay.write(docs,
                    Poison.withDamagedMetadata(TestStores.batch(Operation.ADD, "poison", 0, 2, 8)),
                    WriteOptions.DEFAULT).join();
            forebay.flush(docs, Position.LINKED).join();
        }
        // Trigrams are made behind all that, with a start's work too.
        await().until(() -> {
            Forebay.open(sound.resolve("store"), TestStores.small()).close();
            return StoreCheck.run(sound.resolve("store"), finding -> {}, stage -> {}, (at, out) -> 0)
                    .grams() > 0;
        });
    }

    @BeforeEach
    void copy() throws IOException {
        store = directory.resolve("store");
        StoreImage.copy(sound.resolve("store"), store);
    }

    private CheckReport check() {
        found.clear();
        return StoreCheck.run(store, found::add, stage -> {}, (at, out) -> 0);
    }

    private List<Finding> damages() {
        return found.stream().filter(Finding::isDamage).toList();
    }

    /** The only one of this code. */
    private Finding only(String code) {
        assertThat(check().fine()).isFalse();
        assertThat(damages()).extracting(Finding::code).as(damages().toString()).containsOnly(code);
        return damages().getFirst();
    }

    private interface Harm {
        void to(RawRecords records) throws Exception;
    }

    private void harm(Harm harm) throws Exception {
        try (RawRecords records = new RawRecords(store)) {
            harm.to(records);
        }
    }

    private static void flip(Path file, long at) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, at);
            one.put(0, (byte) (one.get(0) ^ 0x10));
            channel.write(one.flip(), at);
        }
    }

    @Test
    void theStoreThatIsHarmedIsSoundBefore() {
        assertThat(check().fine()).as(found.toString()).isTrue();
    }

    @Test
    void aFlippedByteInATableIsFoundWithItsFileAndFamily() throws IOException {
        List<Path> tables;
        try (Stream<Path> files = Files.list(store.resolve("records"))) {
            tables = files.filter(file -> file.toString().endsWith(".sst"))
                    .sorted(Comparator.comparing(file -> -file.toFile().length())).toList();
        }
        Path largest = tables.getFirst();
        flip(largest, Files.size(largest) / 3);
        assertThat(check().fine()).isFalse();
        assertThat(damages()).anySatisfy(finding -> {
            assertThat(finding.code()).isEqualTo("table-file");
            assertThat(finding.where()).isEqualTo(largest.toString());
            assertThat(finding.what()).contains("of family ").containsIgnoringCase("checksum mismatch");
        });
    }

    @Test
    void anIdThatIsLostAndOneTooManyAreNamed() throws Exception {
        harm(records -> records.rocks.delete(records.family("ids"), RawRecords.id(1, "id-17")));
        Finding missing = only("id-missing");
        assertThat(missing.id()).isEqualTo("id-17");
        assertThat(missing.toString())
                .isEqualTo("damage: records, collection 1 (docs), id [id-17]: its record (row 17) is "
                        + "not found by its id; get, update and delete by this id miss it, and an add makes a second record; "
                        + "to do: forebay rebuild --what ids");
        copyAgain();
        harm(records -> records.rocks.put(records.family("ids"), RawRecords.id(1, "ghost"),
                ByteBuffer.allocate(4).putInt(12345).array()));
        assertThat(only("id-wrong").id()).isEqualTo("ghost");
        copyAgain();
        harm(records -> {
            byte[] other = records.rocks.get(records.family("ids"), RawRecords.id(1, "id-18"));
            records.rocks.put(records.family("ids"), RawRecords.id(1, "id-19"), other);
        });
        check();
        assertThat(damages()).extracting(Finding::code, Finding::id).containsExactlyInAnyOrder(
                org.assertj.core.groups.Tuple.tuple("id-missing", "id-19"),
                org.assertj.core.groups.Tuple.tuple("id-wrong", "id-19"));
    }

    private void copyAgain() throws IOException {
        store = directory.resolve("store-" + System.nanoTime());
        StoreImage.copy(sound.resolve("store"), store);
    }

    /** A key of postings: the field's length and name, type and value, chunk 0. */
    private static byte[] posting(String field, int... rest) {
        byte[] name = field.getBytes(StandardCharsets.UTF_8);
        ByteBuffer key = ByteBuffer.allocate(5 + name.length + rest.length + 2).putInt(1)
                .put((byte) name.length)
                .put(name);
        for (int one : rest) {
            key.put((byte) one);
        }
        return key.putShort((short) 0).array();
    }

    @Test
    void postingsThatLackARowOrHaveOneTooManyAreNamed() throws Exception {
        byte[] half = posting("half", 4, 1);
        harm(records -> records.rocks.put(records.family("postings"), half, new byte[]{0, 0, 5, 0}));
        Finding wrong = only("posting-wrong");
        assertThat(wrong.id()).isEqualTo("id-5");
        assertThat(wrong.what())
                .isEqualTo("a posting of metadata half = true has row 5, whose record has it not");
        assertThat(wrong.rebuild()).isEqualTo("postings");
        copyAgain();
        byte[] gram = posting("", 2, 'd', 'o', 'c');
        harm(records -> {
            assertThat(records.rocks.get(records.family("postings"), gram)).isNotNull();
            records.rocks.merge(records.family("postings"), gram, new byte[]{0, 0x40, 9, 0});
        });
        Finding missing = only("posting-missing");
        assertThat(missing.id()).isEqualTo("id-9");
        assertThat(missing.what()).isEqualTo("the posting of the trigram \"doc\" lacks row 9");
    }

    @Test
    void aWrongWeightOfASparseVectorIsFound() throws Exception {
        harm(records -> records.rocks.merge(records.family("postings"), posting("sparse", 7, 0, 0, 0, 3),
                new byte[]{3, 0, 0, 0, 0, 0x40}));
        check();
        assertThat(damages()).extracting(Finding::code).containsExactlyInAnyOrder("posting-wrong",
                "posting-missing");
        assertThat(damages()).allSatisfy(finding -> {
            assertThat(finding.id()).isEqualTo("id-3");
            assertThat(finding.what()).contains("metadata sparse, index 3 of a sparse vector");
        });
    }

    @Test
    void aRowNotedAsDeadThatLivesIsFound() throws Exception {
        harm(records -> records.rocks.merge(records.family("postings"), posting("", 1),
                new byte[]{0, 0, 8, 0}));
        assertThat(only("dead-rows").id()).isEqualTo("id-8");
    }

    @Test
    void documentsThatAreLostOrNobodysAreFound() throws Exception {
        harm(records -> records.rocks.delete(records.family("documents"), RawRecords.row(1, 4)));
        check();
        assertThat(damages()).extracting(Finding::code).contains("document-missing");
        assertThat(damages().getFirst().id()).isEqualTo("id-4");
        copyAgain();
        harm(records -> records.rocks.put(records.family("documents"), RawRecords.row(1, 5000),
                new byte[]{'x'}));
        assertThat(only("document-orphan").what()).contains("row 5000, whose record does not exist");
    }

    @Test
    void aRecordThatIsLostOrCannotBeDecodedIsFound() throws Exception {
        harm(records -> records.rocks.delete(records.family("records"), RawRecords.row(1, 6)));
        check();
        assertThat(damages()).extracting(Finding::code).contains("count", "id-wrong", "document-orphan",
                "dead-rows");
        copyAgain();
        harm(records -> records.rocks.put(records.family("records"), RawRecords.row(1, 6),
                new byte[]{9, 9, 9}));
        check();
        assertThat(damages()).extracting(Finding::code).contains("record-value", "id-wrong");
    }

    @Test
    void aWrongPositionRowIsFound() throws Exception {
        harm(records -> {
            byte[] key = RawRecords.key(1, new byte[0]);
            byte[] state = records.rocks.get(records.family("positions"), key);
            state[20]--;
            records.rocks.put(records.family("positions"), key, state);
        });
        assertThat(only("count").what()).isEqualTo("699 records are counted and 700 are there");
    }

    @Test
    void theRowsOfKeysDeadLettersAndTheCatalogAreRead() throws Exception {
        harm(records -> {
            try (var at = records.rocks.newIterator(records.family("parked"))) {
                at.seekToLast();
                byte[] payload = at.value();
                payload[payload.length / 2] ^= 1;
                records.rocks.put(records.family("parked"), at.key(), payload);
            }
            try (var at = records.rocks.newIterator(records.family("keys"))) {
                at.seekToFirst();
                records.rocks.put(records.family("keys"), at.key(), Arrays.copyOf(at.value(), 5));
            }
            records.rocks.put(records.family("catalog"), new byte[]{1, 'd', 0, 0, 0, 0}, new byte[]{99});
        });
        check();
        assertThat(damages()).extracting(Finding::code).containsExactlyInAnyOrder("dead-letter", "batch-key",
                "catalog");
        assertThat(damages().toString()).contains("does not match its checksum");
    }

    @Test
    void aByteOfAVectorIsFoundWithItsId() throws IOException {
        flip(store.resolve("vectors/1/block-000000"), 36_864 + 64 * 21 + 5);
        Finding vector = only("vector");
        assertThat(vector.id()).isEqualTo("id-21");
        assertThat(vector.advice()).contains("upsert");
    }

    @Test
    void aByteOfAGraphIsFound() throws IOException {
        Path graph = store.resolve("vectors/1/graph");
        flip(graph, Files.size(graph) / 2);
        Finding finding = only("graph");
        assertThat(finding.rebuild()).isEqualTo("graph");
        assertThat(finding.where()).isEqualTo(graph.toString());
    }

    @Test
    void aLogThatWasCutIsFoundByWhatIsApplied() throws IOException {
        List<Path> extents;
        try (Stream<Path> files = Files.walk(store.resolve("wal"))) {
            extents = files.filter(file -> file.toString().endsWith(".cq4")).sorted().toList();
        }
        for (Path extent : extents) {
            try (FileChannel channel = FileChannel.open(extent, StandardOpenOption.WRITE)) {
                channel.truncate(Math.min(channel.size(), 700));
            }
        }
        check();
        assertThat(damages()).isNotEmpty().allSatisfy(finding -> assertThat(finding.part()).isEqualTo("log"));
    }

    @Test
    void aManifestThatDoesNotCheckIsFound() throws IOException {
        flip(store.resolve("STORE"), 30);
        assertThat(only("manifest").what()).contains("its checksum does not match");
    }

    @Test
    void aDatabaseThatCannotBeOpenedIsDamageAndTheRestIsLookedAt() throws IOException {
        Files.delete(store.resolve("records/CURRENT"));
        assertThat(only("records").where()).isEqualTo(store.resolve("records").toString());
    }

    @Test
    void aRecordWhoseIdIsLongerThanItselfIsFoundAndTheRestIsLookedAt() throws Exception {
        harm(records -> {
            byte[] value = records.rocks.get(records.family("records"), RawRecords.row(1, 6));
            value[6] = 120;
            records.rocks.put(records.family("records"), RawRecords.row(1, 6), value);
        });
        assertThat(check().records()).isEqualTo(RECORDS - 1);
        assertThat(damages()).extracting(Finding::code).contains("record-value").doesNotContain("unreadable");
    }

    @Test
    void aLogThatLostItsEndBehindAChangeOfTheCatalogIsFound() {
        store = directory.resolve("catalog");
        try (Forebay forebay = Forebay.open(store, TestStores.small())) {
            TestStores.create(forebay, "one");
            TestStores.create(forebay, "two");
        }
        assertThat(check().fine()).isTrue();
        WalTools.cut(store.resolve("wal"), 1, 2);
        assertThat(only("log-behind").what()).isEqualTo("the log ends before seqId 2, and 3 is applied of the catalog");
    }
}
