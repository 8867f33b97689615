package io.forebay.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.RollCycles;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our raw reading and Chronicle's own reading of the same files agree. */
class ChronicleFilesTest {
    @TempDir
    Path temp;

    @Test
    void chroniclesTailerFindsTheSameEntriesAsTheRawWalk() throws Exception {
        // Enough small ones for Chronicle to put index pages between them.
        List<String> ours = new ArrayList<>();
        try (Wal wal = Wal.open(temp.resolve("wal"), Logs.small())) {
            for (int i = 1; i <= 20_000; i++) {
                wal.append(Logs.one(), Logs.payload(i, i % 300));
            }
            for (WalEntry entry : Logs.readAll(wal)) {
                ours.add(entry.minSeqId() + " " + entry.payload().hashCode());
            }
        }
        assertThat(ours).hasSize(20_000);
        List<String> theirs = new ArrayList<>();
        try (Stream<Path> extents = Files.list(temp.resolve("wal"))) {
            for (Path extent : extents.filter(Files::isDirectory).sorted().toList()) {
                tail(extent, theirs);
            }
        }
        assertThat(theirs).isEqualTo(ours);
    }

    private static void tail(Path extent, List<String> entries) {
        try (ChronicleQueue queue = SingleChronicleQueueBuilder.binary(extent.toFile())
                .rollCycle(RollCycles.FAST_DAILY).timeProvider(() -> 0L).blockSize(4 << 20).readOnly(true)
                .build();
                ExcerptTailer tailer = queue.createTailer()) {
            while (true) {
                try (DocumentContext document = tailer.readingDocument()) {
                    if (!document.isPresent()) {
                        return;
                    }
                    Bytes<?> bytes = document.wire().bytes();
                    long at = bytes.readPosition();
                    if (bytes.readByte(at + 5) == Frame.ENTRY) {
                        byte[] payload = new byte[bytes.readInt(at + 64)];
                        bytes.read(at + Frame.HEADER_BYTES, payload, 0, payload.length);
                        entries.add(
                                bytes.readLong(at + 8) + " " + java.nio.ByteBuffer.wrap(payload).hashCode());
                    }
                }
            }
        }
    }

    @Test
    void extentsHaveRealBlocksBeforeTheirFirstEntry() throws Exception {
        try (Wal wal = Wal.open(temp.resolve("wal"), Logs.small())) {
            Logs.append(wal, 1, 100);
            Path file = temp.resolve("wal").resolve(String.format("%016d", 1)).resolve(ChronicleExtent.FILE);
            Process du = new ProcessBuilder("du", "-k", file.toString()).start();
            String kilobytes = new String(du.getInputStream().readAllBytes()).split("\\s")[0];
            assertThat(Long.parseLong(kilobytes)).isGreaterThanOrEqualTo(4096);
        }
    }

    @Test
    void onlyOneClassKnowsChronicle() throws IOException {
        Path sources = Path.of(System.getProperty("forebay.root"), "wal", "src", "main", "java");
        try (Stream<Path> all = Files.walk(sources)) {
            assertThat(all.filter(path -> path.toString().endsWith(".java")).filter(path -> {
                try {
                    return Files.readString(path).contains("import net.openhft");
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }).map(Path::getFileName).map(Path::toString)).containsExactly("ChronicleExtent.java");
        }
    }

    @Test
    void aJdkThatChronicleCannotUseIsRefusedAtOnce() {
        ChronicleExtent.checkJdk(25);
        assertThatThrownBy(() -> ChronicleExtent.checkJdk(26)).isInstanceOf(WalException.class)
                .hasMessageContaining("this is JDK 26").extracting(e -> ((WalException) e).reason())
                .isEqualTo(WalException.Reason.UNSUPPORTED_JDK);
    }
}
