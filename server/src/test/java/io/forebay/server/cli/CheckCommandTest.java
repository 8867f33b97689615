package io.forebay.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.engine.Forebay;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code forebay check}, {@code rebuild} and {@code doctor} print and how they end, against golden files ({@code
 * -Dforebay.rewrite=true} writes these anew).
 */
class CheckCommandTest {
    @TempDir
    Path directory;
    private Path store;

    @BeforeEach
    void make() {
        store = directory.resolve("store");
        Random random = new Random(1);
        try (Forebay forebay = Forebay.open(store, SmallStore.options())) {
            RecordBatchBuilder batch = RecordBatch.builder(Operation.ADD);
            for (int i = 0; i < 600; i++) {
                batch.record("r-" + i, new float[]{random.nextFloat(), random.nextFloat()}, "document " + i,
                        Map.of("n", MetadataValue.of(i)), null);
            }
            SmallStore.add(forebay, "docs", batch.build());
        }
    }

    private void golden(String name, int code, Outcome outcome) throws IOException {
        String text = "exit code " + outcome.code() + "\n" + outcome.out() + outcome.err();
        String shown = text.replace(store.toString(), "STORE").replace("\r\n", "\n")
                .replaceAll("log of \\d+ entries in \\d+ extents", "log of N entries in N extents")
                .replaceAll("\\d+ tables", "N tables").replaceAll("\\d+ trigrams", "N trigrams")
                .replaceAll("piece \\d+ of level \\d+", "piece N of level N")
                .replaceAll("(log_entries|log_extents|table_files|trigrams)\":\\d+", "$1\":N");
        Path file = Path.of(System.getProperty("forebay.root"), "server/src/test/resources/check",
                name + ".txt");
        if (Boolean.getBoolean("forebay.rewrite")) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, shown);
        }
        assertThat(shown).isEqualTo(Files.readString(file).replace("\r\n", "\n"));
        assertThat(outcome.code()).isEqualTo(code);
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

    private void damage() throws IOException {
        flip(store.resolve("vectors/1/graph"), 5000);
        flip(store.resolve("vectors/1/block-000000"), 36_864 + 64 * 17 + 2);
    }

    @Test
    void aSoundStoreIsFine() throws IOException {
        golden("check", 0, Outcome.of("check", store.toString()));
        golden("check-json", 0, Outcome.of("check", "--json", store.toString()));
        golden("rebuild-nothing", 0, Outcome.of("rebuild", store.toString()));
    }

    @Test
    void damageIsNamedAndWhatFollowsFromTheRestIsRebuilt() throws IOException {
        damage();
        golden("check-damaged", 1, Outcome.of("check", store.toString()));
        golden("check-damaged-json", 1, Outcome.of("check", "--json", store.toString()));
        golden("rebuild-dry-run", 1, Outcome.of("rebuild", "--dry-run", store.toString()));
        golden("rebuild", 1, Outcome.of("rebuild", store.toString()));
        assertThat(Outcome
                .of("rebuild", "--what", "ids,counts,postings", "--collection", "docs", store.toString())
                .out())
                .contains("collection 1 (docs): counts: 600 records", "ids: 0 written, 0 removed",
                        "postings: of 600 records");
    }

    @Test
    void aStoreInUseNoneAndANewerOneAreOneLineAndCode2() throws IOException {
        try (Forebay forebay = Forebay.open(store, SmallStore.options())) {
            assertThat(forebay.health()).isNotNull();
            for (String command : new String[]{"check", "rebuild"}) {
                Outcome refused = Outcome.of(command, store.toString());
                assertThat(refused.code()).isEqualTo(2);
                assertThat(refused.err()).contains("is in use by process " + ProcessHandle.current().pid());
            }
        }
        Outcome none = Outcome.of("check", directory.resolve("none").toString());
        assertThat(none.code()).isEqualTo(2);
        assertThat(none.err().lines()).singleElement().asString().contains("there is no store in");
        String newer = Files.readString(store.resolve("STORE")).replaceAll("(?s)crc32c.*", "")
                .replace("forebay-store 1", "forebay-store 3")
                .replaceAll("opened_by: .*", "opened_by: 9.1.0");
        CRC32C crc = new CRC32C();
        crc.update(newer.getBytes(StandardCharsets.ISO_8859_1));
        Files.writeString(store.resolve("STORE"), newer + "crc32c: %08x\n".formatted(crc.getValue()));
        for (String[] command : new String[][]{{"check"}, {"rebuild"}, {"wal", "verify"}, {"wal", "salvage"},
                {"segment", "check"}}) {
            String[] arguments = Arrays.copyOf(command, command.length + 1);
            arguments[command.length] = store.toString();
            Outcome refused = Outcome.of(arguments);
            assertThat(refused.code()).as(String.join(" ", command)).isEqualTo(2);
            assertThat(refused.err()).contains("store format 3 (this one knows up to 1)")
                    .contains("Use Forebay 9.1.0 or newer");
        }
    }

    @Test
    void theDoctorPrintsALineForEachThingAndEndsWith1WhenSomethingIsBad() {
        Outcome outcome = Outcome.of("doctor", store.toString());
        assertThat(outcome.out()).contains("sync latency")
                .containsPattern("[0-9]+ bad, [0-9]+ to think about");
        boolean isBad = outcome.out().lines().anyMatch(line -> line.startsWith("bad "));
        assertThat(outcome.code()).isEqualTo(isBad ? 1 : 0);
        assertThat(Outcome.of("doctor", "--json", store.toString()).out().lines())
                .allSatisfy(line -> assertThat(line).startsWith("{\"level\":\"").endsWith("}"));
    }

    @Test
    void halfARestoreIsNoStoreToAnyTool() throws IOException {
        Files.createDirectory(store.resolve("restore.tmp"));
        for (String[] command : new String[][]{{"check"}, {"rebuild"}, {"wal", "verify"}, {"wal", "stat"},
                {"wal", "salvage"}, {"segment", "check"}, {"segment", "rebuild"}}) {
            for (Path place : new Path[]{store, store.resolve("wal")}) {
                String[] arguments = Arrays.copyOf(command, command.length + 1);
                arguments[command.length] = place.toString();
                Outcome refused = Outcome.of(arguments);
                assertThat(refused.code()).as(String.join(" ", command)).isEqualTo(2);
                if (place.equals(store) || command[0].equals("wal")) {
                    assertThat(refused.err()).contains("is a restore that was not finished");
                }
            }
        }
    }
}
