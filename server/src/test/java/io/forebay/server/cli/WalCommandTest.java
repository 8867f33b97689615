package io.forebay.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.wal.GoldenLog;
import io.forebay.wal.Wal;
import io.forebay.wal.WalConfig;
import io.forebay.wal.EntryHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/**
 * What the tools print, against golden files. {@code -Dforebay.rewrite=true} writes these anew; the difference is then
 * reviewed like code.
 */
class WalCommandTest {
    @TempDir
    Path store;
    private List<Long> offsets;

    @BeforeEach
    void make() throws IOException {
        offsets = GoldenLog.make(store.resolve("wal"));
    }

    private Outcome wal(String... arguments) {
        return Outcome.of(Stream.concat(Stream.of("wal"), Stream.of(arguments)).toArray(String[]::new));
    }

    private void golden(String name, int code, Outcome outcome) throws IOException {
        String text = "exit code " + outcome.code() + "\n" + outcome.out() + outcome.err();
        String shown = text.replace(store.toString(), "STORE").replace("\r\n", "\n")
                .replaceAll("2\\d\\d\\d\\d\\d\\d\\dT\\d{6}", "TIMESTAMP")
                .replaceAll("at 2[-0-9]+T[0-9:.]+Z\\.", "at TIME.");
        Path file = Path.of(System.getProperty("forebay.root"), "server/src/test/resources/wal",
                name + ".txt");
        if (Boolean.getBoolean("forebay.rewrite")) {
            Files.writeString(file, shown);
        }
        assertThat(shown).isEqualTo(Files.readString(file).replace("\r\n", "\n"));
        assertThat(outcome.code()).isEqualTo(code);
    }

    /** One entry in one frame, one piece of a batch: both lost, the rest stays. */
    private void damage() throws IOException {
        GoldenLog.flip(store.resolve("wal"), 1, offsets.get(1) + 100);
        GoldenLog.flip(store.resolve("wal"), 2, offsets.get(4) + 90);
    }

    @ParameterizedTest
    @ValueSource(strings = {"stat", "dump", "verify", "tail"})
    void toolsShowAWholeLog(String tool) throws IOException {
        golden(tool, 0, wal(tool, store.toString()));
        golden(tool + "-json", 0, wal(tool, "--json", store.toString()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"stat", "dump", "verify", "tail"})
    void toolsShowADamagedLog(String tool) throws IOException {
        damage();
        golden(tool + "-damaged", 1, wal(tool, store.resolve("wal").toString()));
        golden(tool + "-damaged-json", 1, wal(tool, "--json", store.toString()));
    }

    @Test
    void dumpFiltersAndDecodes() throws IOException {
        golden("dump-records", 0,
                wal("dump", "--records", "--payload", "--collection", "1", store.toString()));
        golden("dump-records-json", 0, wal("dump", "--records", "--payload", "--json", "--from-seq-id", "5",
                "--to-seq-id", "7", store.toString()));
        golden("dump-extent", 0, wal("dump", "--extent", "3", store.toString()));
    }

    @Test
    void salvageListsThenMendsThenHasNothingToDo() throws IOException {
        damage();
        golden("salvage-dry-run", 1, wal("salvage", "--dry-run", store.toString()));
        golden("verify-damaged", 1, wal("verify", store.resolve("wal").toString()));
        golden("salvage", 0, wal("salvage", store.toString()));
        golden("dump-salvaged", 0, wal("dump", "--collection", "1", store.toString()));
        assertThat(wal("verify", store.toString()).out()).endsWith("fine\n");
        assertThat(wal("salvage", store.toString()).out()).startsWith("nothing to salvage");
    }

    @Test
    void whatCannotBeReadIsOneLineAndCode2() throws IOException {
        Path nothing = Files.createDirectory(store.resolve("nothing"));
        Outcome outcome = wal("verify", nothing.toString());
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err().lines()).singleElement().asString()
                .startsWith("forebay: there is no log in");
        assertThat(wal("salvage", nothing.resolve("x").toString()).code()).isEqualTo(2);
        assertThat(nothing).isEmptyDirectory();
    }

    @Test
    void aDirectoryIsTakenFromTheConfigurationFile() throws IOException {
        Path file = Files.writeString(store.resolve("forebay.yaml"), "server:\n  path: " + store + "\n");
        assertThat(wal("verify", "--config", file.toString()).out()).endsWith("fine\n");
    }

    @Test
    void aRunningStoreIsNamedAndCannotBeSalvaged() {
        Path other = store.resolve("other");
        try (Wal wal = Wal.open(other, WalConfig.defaults().withExtentBytes(2 << 20).withReserve(0, 0))) {
            wal.append(new EntryHeader(1, 1, (byte) 1, 1, 0), ByteBuffer.allocate(10));
            String self = "process " + ProcessHandle.current().pid();
            assertThat(wal("stat", other.toString()).out()).contains("in use   by " + self)
                    .contains("1 in use");
            assertThat(wal("verify", other.toString()).code()).isZero();
            Outcome refused = wal("salvage", other.toString());
            assertThat(refused.code()).isEqualTo(2);
            assertThat(refused.err()).contains("in use by " + self);
            wal.append(new EntryHeader(1, 1, (byte) 1, 1, 0), ByteBuffer.allocate(10));
        }
        assertThat(wal("stat", other.toString()).out()).contains("in use   no");
    }

    @Test
    void tailFollowsUntilItsPauseEnds() {
        Path other = store.resolve("other");
        try (Wal wal = Wal.open(other, WalConfig.defaults().withExtentBytes(2 << 20).withReserve(0, 0)
                .withIdleMillis(1_000_000))) {
            int[] left = {40};
            WalTailCommand tail = new WalTailCommand(() -> {
                wal.append(new EntryHeader(7, 1, (byte) 1, 1, 0), ByteBuffer.allocate(100_000));
                return left[0]-- > 0;
            });
            Outcome outcome = Outcome.of(new CommandLine(tail), "-n", "0", "--follow", other.toString());
            assertThat(outcome.err()).isEmpty();
            assertThat(outcome.out().lines().filter(line -> line.contains("ENTRY")))
                    .hasSize(40).last().asString().contains("40 to 40");
            assertThat(outcome.out()).contains("START");
        }
    }
}
