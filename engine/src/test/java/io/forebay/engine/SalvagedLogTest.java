package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.forebay.model.ForebayException;
import io.forebay.model.GetRequest;
import io.forebay.model.Operation;
import io.forebay.model.ReadOptions;
import io.forebay.wal.WalExtentInfo;
import io.forebay.wal.WalFrame;
import io.forebay.wal.WalSalvage;
import io.forebay.wal.WalTools;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A store whose log was damaged in its middle: it refuses to open, is salvaged, and serves all that was not hit. */
class SalvagedLogTest {
    private static final int BATCHES = 30;
    private static final int RECORDS = 10;

    @TempDir
    Path directory;
    private UUID docs;

    private Path live() {
        return directory.resolve("live");
    }

    /** The files of a store that was killed: everything is in the log, nothing in a checkpoint. */
    private Path killed() throws IOException {
        Path image = directory.resolve("image");
        try (Forebay store = Forebay.open(live(),
                TestStores.small().withCheckpointIntervalMillis(3_600_000))) {
            docs = TestStores.create(store, "docs");
            for (int i = 0; i < BATCHES; i++) {
                store.write(docs, TestStores.batch(Operation.ADD, "r", i * RECORDS, (i + 1) * RECORDS, 8),
                        WriteOptions.DEFAULT).join();
            }
            store.flush(docs, Position.APPLIED).join();
            copy(live(), image);
        }
        return image;
    }

    private static void copy(Path from, Path to) throws IOException {
        StoreImage.copy(from, to);
        Files.deleteIfExists(to.resolve("wal/LOCK"));
    }

    /** Flips a bit of the payload of the frame with this number among those of batches, or of the catalog. */
    private static WalFrame hit(Path store, int type, int index) throws IOException {
        List<WalFrame> frames = new ArrayList<>();
        List<WalExtentInfo> extents = WalTools.scan(store.resolve("wal"), (frame, payload) -> {
            if (frame.ofEntry() && frame.type() == type) {
                frames.add(frame);
            }
        }).extents();
        WalFrame frame = frames.get(index);
        Path file = extents.stream().filter(extent -> extent.number() == frame.extent()).findFirst()
                .orElseThrow()
                .file();
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.seek(frame.endOffset() - 12);
            int old = raw.read();
            raw.seek(frame.endOffset() - 12);
            raw.write(old ^ 4);
        }
        assertThatThrownBy(() -> Forebay.open(store, TestStores.small())).isInstanceOf(ForebayException.class)
                .hasMessageContaining(file.toString()).hasMessageContaining("offset " + frame.offset())
                .hasMessageContaining("forebay wal salvage " + store.resolve("wal"));
        return frame;
    }

    @Test
    void everythingThatWasNotHitIsThereAndTheLossIsNamed() throws Exception {
        Path image = killed();
        WalFrame lost = hit(image, 1, 7);
        WalSalvage salvage = WalTools.salvage(image.resolve("wal"));
        String range = "seqIds " + lost.minSeqId() + " to " + lost.maxSeqId();
        assertThat(salvage.report()).contains("Lost: " + range + ".");
        Logger logger = (Logger) LoggerFactory.getLogger(WalTools.class);
        ListAppender<ILoggingEvent> said = new ListAppender<>();
        said.start();
        logger.addAppender(said);
        Level before = logger.getLevel();
        logger.setLevel(Level.WARN);
        try {
            for (int life = 0; life < 2; life++) {
                said.list.clear();
                try (Forebay store = Forebay.open(image, TestStores.small())) {
                    assertThat(said.list).singleElement().extracting(ILoggingEvent::getFormattedMessage)
                            .asString()
                            .contains("was salvaged", range, "salvage-report.txt");
                    checkAllBut(store, 7, life);
                    store.write(docs, TestStores.batch(Operation.ADD, "new", life, life + 1, 8),
                            WriteOptions.DEFAULT)
                            .join();
                }
            }
        } finally {
            logger.detachAppender(said);
            logger.setLevel(before);
        }
    }

    private void checkAllBut(Forebay store, int missing, int more) {
        assertThat(store.count(docs, ReadOptions.DEFAULT).join()).isEqualTo((BATCHES - 1) * RECORDS + more);
        for (int i = 0; i < BATCHES; i++) {
            List<String> ids = List.of("r-" + i * RECORDS, "r-" + ((i + 1) * RECORDS - 1));
            assertThat(
                    store.get(docs, GetRequest.ofIds(ids.toArray(String[]::new)), ReadOptions.DEFAULT).join())
                    .hasSize(i == missing ? 0 : 2);
        }
    }

    @Test
    void aHitEntryThatACheckpointCoversIsNotMissed() throws Exception {
        killed(); // and closed behind it, which is a checkpoint
        hit(live(), 1, BATCHES - 1);
        WalTools.salvage(live().resolve("wal"));
        try (Forebay store = Forebay.open(live(), TestStores.small())) {
            assertThat(store.count(docs, ReadOptions.DEFAULT).join()).isEqualTo(BATCHES * RECORDS);
            store.write(docs, TestStores.batch(Operation.ADD, "new", 0, 5, 8), WriteOptions.DEFAULT).join();
            assertThat(store.count(docs, ReadOptions.DEFAULT).join()).isEqualTo(BATCHES * RECORDS + 5);
        }
    }

    @Test
    void batchesWhoseCollectionWasHitAreSkippedAndCounted() throws Exception {
        Path image = killed();
        hit(image, 2, 1); // the creation of the collection; the first change makes the default database
        WalTools.salvage(image.resolve("wal"));
        try (Forebay store = Forebay.open(image, TestStores.small())) {
            assertThat(store.stats().skippedEntries()).isEqualTo(BATCHES);
            UUID again = TestStores.create(store, "docs");
            store.write(again, TestStores.batch(Operation.ADD, "r", 0, 10, 8), WriteOptions.DEFAULT).join();
            assertThat(store.count(again, ReadOptions.DEFAULT).join()).isEqualTo(10);
        }
    }
}
