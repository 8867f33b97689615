package io.forebay.wal;

import static io.forebay.wal.Logs.MB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.wal.FailPoints.Point;
import io.forebay.wal.WalException.Reason;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Damage and torn tails, done to real files. */
@ParameterizedClass
@EnumSource(names = {"CHRONICLE", "FILE"})
class RecoveryTest {
    @Parameter
    LogKind kind;

    private static final int LENGTH = 3000;
    private static final int CONTENT = Frame.contentBytes(LENGTH);

    @TempDir
    Path temp;
    private final Faults faults = new Faults();

    private Path directory() {
        return temp.resolve("wal");
    }

    private Wal open() {
        return kind.open(directory(), Logs.small().withIdleMillis(1_000_000), faults);
    }

    /** The file of the extent in use last. */
    private Path lastFile() throws IOException {
        try (Stream<Path> all = Files.list(directory())) {
            return all.filter(Files::isDirectory).sorted().toList().getLast().resolve(kind.fileName());
        }
    }

    /** Leaves a log as a kill would: entries appended, synced up to {@code synced}, no barrier at the end. */
    private List<Appended> crash(int entries, int synced) throws Exception {
        Wal wal = open();
        List<Appended> appended = Logs.append(wal, synced, LENGTH);
        if (synced > 0) {
            wal.durable(synced).get();
        }
        appended.addAll(Logs.append(wal, entries - synced, LENGTH));
        faults.fail(Point.BEFORE_SYNC); // close() must not end it cleanly
        wal.close();
        faults.clear(Point.BEFORE_SYNC);
        // The barrier that close() appended after all, if any, is taken away.
        long end = Position.offset(appended.getLast().position()) + 4 + CONTENT;
        zero(lastFile(), end, MB / 2);
        return appended;
    }

    private static void zero(Path file, long from, int length) throws IOException {
        write(file, from, new byte[length]);
    }

    private static void write(Path file, long from, byte[] bytes) throws IOException {
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.seek(from);
            raw.write(bytes, 0, (int) Math.min(bytes.length, raw.length() - from));
        }
    }

    private static void flip(Path file, long at, int bit) throws IOException {
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.seek(at);
            int old = raw.read();
            raw.seek(at);
            raw.write(old ^ 1 << bit);
        }
    }

    private static void truncate(Path file, long length) throws IOException {
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.setLength(length);
        }
    }

    private static long offset(Appended appended) {
        return Position.offset(appended.position());
    }

    /** Opens, expects exactly these entries, appends one, and finds all of it again at a third start. */
    private void survivesWith(int entries, boolean torn) {
        try (Wal wal = open()) {
            assertThat(wal.lastSeqId()).isEqualTo(entries);
            assertThat(wal.recovery().entries()).isEqualTo(entries);
            if (torn) {
                assertThat(wal.recovery().tornBytes()).isPositive();
            } else {
                assertThat(wal.recovery().tornBytes()).isZero();
            }
            Logs.append(wal, 1, LENGTH);
            check(wal, entries + 1);
        }
        try (Wal wal = open()) {
            assertThat(wal.recovery().tornBytes()).isZero();
            check(wal, entries + 1);
        }
    }

    private static void check(Wal wal, int entries) {
        List<WalEntry> all = Logs.readAll(wal);
        assertThat(all).hasSize(entries);
        for (int i = 0; i < entries; i++) {
            assertThat(all.get(i).minSeqId()).isEqualTo(i + 1);
            assertThat(all.get(i).payload()).isEqualTo(Logs.payload(i + 1, LENGTH));
        }
    }

    private void refused(Path file, long offset) {
        assertThatThrownBy(this::open).isInstanceOf(WalException.class).hasMessageContaining(file.toString())
                .hasMessageContaining("offset " + offset).extracting(e -> ((WalException) e).reason())
                .isEqualTo(Reason.CORRUPT);
    }

    @Test
    void aCrashedLogIsWholeWithoutATail() throws Exception {
        crash(20, 10);
        survivesWith(20, false);
    }

    @Test
    void aFileCutAnywhereInTheLastFrameLosesOnlyThat() throws Exception {
        for (int cut : new int[]{1, 3, 4, 5, 40, 83, 84, 85, 1000, CONTENT - 1, CONTENT + 3}) {
            List<Appended> appended = crash(20, 10);
            truncate(lastFile(), offset(appended.getLast()) + cut);
            survivesWith(19, true);
            deleteAll();
        }
    }

    @Test
    void aFileCutBetweenFramesOrAfterTheEndIsNoDamage() throws Exception {
        List<Appended> appended = crash(20, 10);
        truncate(lastFile(), offset(appended.getLast()));
        survivesWith(19, false);
    }

    @Test
    void aZeroedOrHalfWrittenLastFrameIsATornTail() throws Exception {
        List<Appended> appended = crash(20, 19);
        zero(lastFile(), offset(appended.getLast()) + 2000, 1000);
        survivesWith(19, true);
        deleteAll();
        appended = crash(20, 19);
        zero(lastFile(), offset(appended.getLast()), 4);
        survivesWith(19, true);
        deleteAll();
        appended = crash(20, 19);
        flip(lastFile(), offset(appended.getLast()) + 3, 7); // the word says: not complete
        survivesWith(19, true);
    }

    @Test
    void pagesThatAPowerLossKeptBehindUnwrittenOnesAreATornTail() throws Exception {
        List<Appended> appended = crash(20, 10);
        zero(lastFile(), offset(appended.get(15)) & -4096, 4096);
        // The page may begin inside the entry before: that one is gone as well then, never more.
        Wal wal = open();
        int kept = (int) wal.lastSeqId();
        assertThat(kept).isBetween(14, 15);
        assertThat(wal.recovery().tornBytes()).isPositive();
        check(wal, kept);
        Logs.append(wal, 1, LENGTH);
        wal.close();
        survivesWith(kept + 1, false);
    }

    @Test
    void anUnwrittenLookingPageThatWasSyncedIsDamage() throws Exception {
        List<Appended> appended = crash(20, 10);
        Path file = lastFile();
        zero(file, offset(appended.get(5)), CONTENT + 4);
        refused(file, offset(appended.get(5)));
        refused(file, offset(appended.get(5))); // and the refusal changed nothing
    }

    @Test
    void aFlipAnywhereBeforeTheTailIsRefusedWithFileAndOffset() throws Exception {
        Random random = Logs.random("aFlipAnywhereBeforeTheTailIsRefusedWithFileAndOffset");
        List<Appended> appended = crash(40, 30);
        Path file = lastFile();
        long begin = offset(appended.getFirst());
        long end = offset(appended.get(29)) + 4 + CONTENT;
        for (int i = 0; i < 60; i++) {
            long at = begin + random.nextLong(end - begin);
            int bit = random.nextInt(8);
            flip(file, at, bit);
            refused(file, begin + (at - begin) / (CONTENT + 4) * (CONTENT + 4));
            flip(file, at, bit);
        }
        survivesWith(40, false);
    }

    @Test
    void damageInAnEarlierExtentIsRefusedWithFileAndOffset() throws Exception {
        List<Appended> appended;
        try (Wal wal = open()) {
            appended = Logs.append(wal, 50, 300_000);
        }
        Path first = directory().resolve(String.format("%016d", 1)).resolve(kind.fileName());
        long offset = offset(appended.get(3));
        assertThat(Position.extentNumber(appended.get(3).position())).isEqualTo(1);
        flip(first, offset + 4 + 100_000, 0);
        refused(first, offset);
        flip(first, offset + 4 + 100_000, 0);
        zero(first, offset + 8192, 4096);
        refused(first, offset);
    }

    @Test
    void aCutEarlierExtentIsRefused() throws Exception {
        List<Appended> appended;
        try (Wal wal = open()) {
            appended = Logs.append(wal, 50, 300_000);
        }
        Path first = directory().resolve(String.format("%016d", 1)).resolve(kind.fileName());
        truncate(first, offset(appended.get(3)));
        refused(first, offset(appended.get(3)));
    }

    @Test
    void aMissingExtentIsRefusedByName() throws Exception {
        try (Wal wal = open()) {
            Logs.append(wal, 50, 300_000);
        }
        Path second = directory().resolve(String.format("%016d", 2));
        Files.move(second, temp.resolve("away"));
        assertThatThrownBy(this::open).isInstanceOf(WalException.class)
                .hasMessageContaining(second.toString())
                .hasMessageContaining("missing").extracting(e -> ((WalException) e).reason())
                .isEqualTo(Reason.CORRUPT);
        Files.move(temp.resolve("away"), second);
        Files.move(second.resolve(kind.fileName()), temp.resolve("away"));
        refused(second, 0);
    }

    @Test
    void aDamagedFirstPageIsRefused() throws Exception {
        crash(20, 10);
        Path file = lastFile();
        zero(file, 0, 4096);
        refused(file, 0);
    }

    @Test
    void aHalfWrittenBatchOfSeveralFramesIsGivenUpWhole() throws Exception {
        for (Point point : new Point[]{Point.INSIDE_FRAME, Point.BEFORE_COMMIT_FRAME}) {
            Wal wal = open();
            Logs.append(wal, 10, LENGTH);
            // More than an extent, so that pieces lie in earlier, sealed extents too.
            int[] frames = {0};
            faults.set(point, () -> {
                if (++frames[0] == 13 || point == Point.BEFORE_COMMIT_FRAME) {
                    throw new IOException("injected");
                }
            });
            assertThatThrownBy(() -> wal.append(Logs.header(3, 500), Logs.payload(77, 7 * MB)))
                    .isInstanceOf(WalException.class);
            check(wal, 10);
            wal.close();
            faults.clear(point);
            survivesWith(10, true);
            deleteAll();
        }
    }

    @Test
    void aBatchAbandonedInALivingLogIsSkipped() throws Exception {
        try (Wal wal = open()) {
            Logs.append(wal, 10, LENGTH);
            faults.fail(Point.CREATING_EXTENT);
            // More than what may be made ahead.
            assertThatThrownBy(() -> wal.append(Logs.header(3, 500), Logs.payload(77, 30 * MB)))
                    .isInstanceOf(WalException.class).extracting(e -> ((WalException) e).reason())
                    .isEqualTo(Reason.IO);
            assertThat(wal.failure()).isNull();
            faults.clear(Point.CREATING_EXTENT);
            Logs.append(wal, 10, LENGTH);
            check(wal, 20);
        }
        survivesWith(20, false);
    }

    @Test
    void chroniclesOwnFilesAndLocksDoNotMatter() throws Exception {
        Assumptions.assumeTrue(kind == LogKind.CHRONICLE);
        crash(20, 10);
        Path metadata = lastFile().resolveSibling("metadata.cq4t");
        write(metadata, 0, Logs.payload(1, 60_000).array());
        survivesWith(20, false);
        Files.delete(lastFile().resolveSibling("metadata.cq4t"));
        survivesWith(21, false);
    }

    @Test
    void aFileOfANewerVersionIsNamed() throws Exception {
        List<Appended> appended = crash(3, 0);
        Path file = lastFile();
        long content = offset(appended.get(1)) + 4;
        byte[] frame = new byte[CONTENT];
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.seek(content);
            raw.readFully(frame);
            frame[4] = 9;
            java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
            crc.update(frame, Frame.HEADER_BYTES, LENGTH);
            crc.update(new byte[]{(byte) Position.extentNumber(appended.get(1).position()), 0, 0, 0, 0, 0, 0,
                    0});
            crc.update(frame, 0, 76);
            for (int i = 0; i < 4; i++) {
                frame[76 + i] = (byte) (crc.getValue() >>> 8 * i);
            }
            raw.seek(content);
            raw.write(frame);
        }
        assertThatThrownBy(this::open).isInstanceOf(WalException.class).hasMessageContaining("version 9")
                .hasMessageContaining(file.toString()).extracting(e -> ((WalException) e).reason())
                .isEqualTo(Reason.NEWER_VERSION);
    }

    @Test
    void aReaderRefusesAFrameThatWasDamagedUnderIt() throws Exception {
        try (Wal wal = open()) {
            List<Appended> appended = Logs.append(wal, 10, LENGTH);
            flip(lastFile(), offset(appended.get(4)) + 500, 3);
            try (WalReader reader = wal.reader()) {
                for (int i = 0; i < 4; i++) {
                    assertThat(reader.next()).isNotNull();
                }
                for (int i = 0; i < 2; i++) {
                    assertThatThrownBy(reader::next).isInstanceOf(WalException.class)
                            .hasMessageContaining(lastFile().toString())
                            .hasMessageContaining("offset " + offset(appended.get(4)));
                }
                reader.seek(appended.get(5).position());
                assertThat(reader.next().minSeqId()).isEqualTo(6);
            }
        }
    }

    private void deleteAll() throws IOException {
        try (Stream<Path> all = Files.walk(directory())) {
            for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
