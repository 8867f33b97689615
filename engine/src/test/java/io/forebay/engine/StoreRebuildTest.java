package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.engine.check.StoreCheck;
import io.forebay.engine.check.StoreRebuild;
import io.forebay.engine.check.StoreRebuild.What;
import io.forebay.model.CollectionInfo;
import io.forebay.model.Finding;
import io.forebay.model.ForebayException;
import io.forebay.model.GetRequest;
import io.forebay.model.Include;
import io.forebay.model.MetadataValue;
import io.forebay.model.ReadOptions;
import io.forebay.model.StoredRecord;
import io.forebay.model.Where;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksIterator;

/** What was damaged and follows from the rest is as before when it is derived again, also after a crash in the middle. */
class StoreRebuildTest {
    @TempDir
    Path directory;

    private Path store;
    private List<String> before;

    @BeforeEach
    void make() {
        long seed = TestStores.seed();
        store = directory.resolve("store");
        try (Forebay forebay = Forebay.open(store, TestStores.small())) {
            RandomWork work = new RandomWork(forebay, seed);
            work.fill();
            work.steps(15);
            forebay.flush(work.first(), Position.LINKED).join();
            before = answers(forebay);
        }
    }

    private static List<String> answers(Forebay forebay) {
        CollectionInfo docs = forebay.collection("default_tenant", "default_database", "docs");
        List<String> all = new ArrayList<>();
        for (Where where : List.of(new Where.Compare("page", Where.Comparison.LT, MetadataValue.of(10)),
                new Where.Compare("title", Where.Comparison.EQ, MetadataValue.of("gate")),
                new Where.ArrayContains("numbers", false, MetadataValue.of(1)),
                new Where.Document(Where.TextMatch.CONTAINS, "basin1"))) {
            GetRequest request = new GetRequest(null, where, null, 0, EnumSet.of(Include.DOCUMENTS));
            for (StoredRecord record : forebay.get(docs.id(), request, ReadOptions.DEFAULT).join()) {
                all.add(where + " " + record.id());
            }
        }
        GetRequest byId = GetRequest.ofIds("id-1", "id-2", "id-3", "id-500");
        forebay.get(docs.id(), byId, ReadOptions.DEFAULT).join().forEach(record -> all.add(record.id()
                + Arrays.toString(record.embedding()) + record.document() + record.metadata()));
        all.add("count " + forebay.count(docs.id(), ReadOptions.DEFAULT).join());
        return all;
    }

    private List<Finding> damages() {
        List<Finding> found = new ArrayList<>();
        StoreCheck.run(store, found::add, stage -> {}, (at, out) -> 0);
        return found.stream().filter(Finding::isDamage).toList();
    }

    private void rebuild(Set<What> what, boolean damagedPostings) {
        try (StoreRebuild rebuild = StoreRebuild.open(store, damagedPostings)) {
            rebuild.collections().forEach(info -> rebuild.rebuild(info, what, said -> {}));
        }
    }

    private void assertAsBefore() {
        assertThat(damages()).isEmpty();
        try (Forebay forebay = Forebay.open(store, TestStores.small())) {
            assertThat(answers(forebay)).isEqualTo(before);
        }
        assertThat(damages()).isEmpty();
    }

    private static byte[] collection() {
        return RawRecords.key(1, new byte[0]);
    }

    @Test
    void idsCountsDocumentsAndPostingsAreDerivedFromTheRecords() throws Exception {
        try (RawRecords raw = new RawRecords(store)) {
            raw.rocks.deleteRange(raw.family("ids"), collection(), RawRecords.id(1, "id-5"));
            raw.rocks.put(raw.family("ids"), RawRecords.id(1, "ghost"),
                    ByteBuffer.allocate(4).putInt(7).array());
            raw.rocks.put(raw.family("documents"), RawRecords.row(1, 99_999), new byte[]{'x'});
            byte[] state = raw.rocks.get(raw.family("positions"), collection());
            state[20]--;
            raw.rocks.put(raw.family("positions"), collection(), state);
            raw.rocks.deleteRange(raw.family("postings"), RawRecords.key(1, new byte[]{4}),
                    RawRecords.key(1, new byte[]{5}));
        }
        List<Finding> damages = damages();
        assertThat(damages).extracting(Finding::code).contains("id-missing", "id-wrong", "count",
                "document-orphan", "posting-missing");
        Set<What> wanted = StoreRebuild.wanted(damages);
        assertThat(wanted).containsExactly(What.COUNTS, What.IDS, What.DOCUMENTS, What.POSTINGS);
        rebuild(wanted, StoreRebuild.hasDamagedPostings(damages));
        assertAsBefore();
        rebuild(wanted, false);
        assertAsBefore();
    }

    @Test
    void postingsWhoseDerivationWasInterruptedAreMadeByTheNextStart() throws Exception {
        // As a crash behind the first write leaves it: no postings, and the mark that says so.
        try (RawRecords raw = new RawRecords(store)) {
            byte[] stateKey = RawRecords.key(1, new byte[]{0, 0});
            byte[] state = raw.rocks.get(raw.family("positions"), collection());
            raw.rocks.deleteRange(raw.family("postings"), collection(), RawRecords.key(2, new byte[0]));
            raw.rocks.put(raw.family("postings"), stateKey,
                    ByteBuffer.allocate(29).put((byte) 1).putInt(0).putInt(0)
                            .putInt(ByteBuffer.wrap(state).getInt(9)).putLong(0).putLong(0).array());
        }
        assertAsBefore();
    }

    @Test
    void postingsWhoseTablesAreDamagedAreTakenAwayAndDerived() throws IOException {
        List<Path> tables;
        try (Stream<Path> files = Files.list(store.resolve("records"))) {
            tables = files.filter(file -> file.toString().endsWith(".sst")).toList();
        }
        boolean found = false;
        for (Path table : tables) {
            byte[] whole = Files.readAllBytes(table);
            byte[] harmed = whole.clone();
            harmed[whole.length / 3] ^= 0x20;
            Files.write(table, harmed);
            List<Finding> damages = damages();
            if (StoreRebuild.hasDamagedPostings(damages)) {
                found = true;
                rebuild(EnumSet.of(What.POSTINGS), true);
                break;
            }
            Files.write(table, whole);
        }
        assertThat(found).isTrue();
        assertAsBefore();
    }

    @Test
    void aDamagedGraphIsBuiltAgain() throws IOException {
        Path graph = store.resolve("vectors/1/graph");
        byte[] bytes = Files.readAllBytes(graph);
        bytes[bytes.length / 2] ^= 4;
        Files.write(graph, bytes);
        Set<What> wanted = StoreRebuild.wanted(damages());
        assertThat(wanted).containsExactly(What.GRAPH);
        rebuild(wanted, false);
        assertAsBefore();
    }

    private List<String> said(What what) {
        List<String> said = new ArrayList<>();
        try (StoreRebuild rebuild = StoreRebuild.open(store, false)) {
            rebuild.rebuild(rebuild.collections().getFirst(), EnumSet.of(what), said::add);
        }
        return said;
    }

    @Test
    void ofTwoRecordsOfOneIdTheLaterOneIsKeptHoweverOftenItIsRun() throws Exception {
        byte[] id;
        int later;
        try (RawRecords raw = new RawRecords(store);
                RocksIterator at = raw.rocks.newIterator(raw.family("ids"))) {
            at.seek(collection());
            id = at.key();
            int row = ByteBuffer.wrap(at.value()).getInt();
            at.next();
            int other = ByteBuffer.wrap(at.value()).getInt();
            later = Math.max(row, other);
            id = later == row ? at.key() : id;
            byte[] value = raw.rocks.get(raw.family("records"), RawRecords.row(1, Math.min(row, other)));
            raw.rocks.put(raw.family("records"), RawRecords.row(1, later), value);
        }
        assertThat(said(What.IDS)).containsExactly("ids: 1 written, 1 removed");
        for (int again = 0; again < 2; again++) {
            assertThat(said(What.IDS)).containsExactly("ids: 0 written, 0 removed");
            try (RawRecords raw = new RawRecords(store)) {
                assertThat(ByteBuffer.wrap(raw.rocks.get(raw.family("ids"), id)).getInt()).isEqualTo(later);
            }
        }
    }

    @Test
    void anOrdinalBeyondAllVectorsIsNotFollowedByTheCounts() throws Exception {
        int ordinals;
        try (RawRecords raw = new RawRecords(store);
                RocksIterator at = raw.rocks.newIterator(raw.family("records"))) {
            ordinals = ByteBuffer.wrap(raw.rocks.get(raw.family("positions"), collection())).getInt(13);
            at.seek(collection());
            byte[] value = at.value();
            ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).putInt(2, 2_000_000_000);
            raw.rocks.put(raw.family("records"), at.key(), value);
        }
        said(What.COUNTS);
        try (RawRecords raw = new RawRecords(store)) {
            byte[] state = raw.rocks.get(raw.family("positions"), collection());
            assertThat(ordinals).isPositive();
            assertThat(ByteBuffer.wrap(state).getInt(13)).isEqualTo(ordinals);
        }
    }

    @Test
    void whatFollowsFromARecordThatCannotBeReadIsRefusedInWords() throws Exception {
        byte[] endsInItsId = {1, 0, 0, 0, 0, 0, 120, 'x'};
        byte[] endsBeforeItsUri = {1, 2, 0, 0, 0, 0, 120};
        for (byte[] value : List.of(endsInItsId, endsBeforeItsUri)) {
            try (RawRecords raw = new RawRecords(store);
                    RocksIterator at = raw.rocks.newIterator(raw.family("records"))) {
                at.seek(collection());
                raw.rocks.put(raw.family("records"), at.key(), value);
            }
            for (What what : List.of(What.COUNTS, What.IDS, What.DOCUMENTS)) {
                assertThatThrownBy(() -> said(what)).isInstanceOf(ForebayException.class)
                        .hasMessageContaining("what they follow from is damaged too");
            }
        }
    }
}
