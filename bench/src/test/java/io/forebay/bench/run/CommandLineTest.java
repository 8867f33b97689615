package io.forebay.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.bench.Main;
import io.forebay.bench.index.IndexPart;
import io.forebay.bench.index.SetKind;
import io.forebay.bench.wal.LogKind;
import io.forebay.bench.wal.Part;
import io.forebay.index.vector.IndexEngine;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandLineTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine line = Main.commandLine().setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err));

    private static IngestCommand ingest(String... options) {
        IngestCommand command = new IngestCommand();
        new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(options);
        return command;
    }

    @Test
    void helpListsTheBenchmarks() {
        assertThat(line.execute("--help")).isZero();
        assertThat(out.toString()).contains("ingest", "apply", "query", "http", "wal", "index", "jmh",
                "parallel-upload", "fairness", "collections", "restart", "soak", "report");
    }

    @Test
    void comparisonAndGrowthHaveTheirOwnSizes() {
        IngestCommand comparison = ingest();
        assertThat(comparison.recordsOn()).isEqualTo(100_000);
        assertThat(comparison.recordsOff()).isEqualTo(100_000);
        assertThat(comparison.rounds()).isEqualTo(3);

        IngestCommand growth = ingest("--growth");
        assertThat(growth.recordsOn()).isEqualTo(200_000);
        assertThat(growth.rounds()).isEqualTo(1);
    }

    @Test
    void offIsNeverLoadedWithMoreThanOn() {
        assertThat(ingest("--records", "500").recordsOff()).isEqualTo(500);
        assertThat(ingest("--records", "500", "--records-off", "50").recordsOff()).isEqualTo(50);
    }

    @Test
    void enumsAreWrittenInSmallLetters() {
        assertThat(ingest("--durability", "os", "--encoding", "json", "--payload", "vectors")).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ingest --clients 0", "ingest --batch 0", "ingest --records 0",
            "ingest --rounds 0",
            "ingest --growth --records 1000 --bucket 600", "ingest --no-drain", "apply --records 0",
            "apply --rounds 0", "query --k 101", "query --clients 1", "query --seconds 0",
            "wal --rounds 0", "wal --extent-mb 31", "wal --extent-mb 1025", "wal --sustained-mb 0",
            "wal --read-mb 0", "wal --small-batches 63", "wal --extent-mb 32 --small-batches 3000",
            "index --rounds 0", "index --rows 199", "index --queries 0", "index --slice 0",
            "index --search-millis 0", "http --rounds 0", "http --records 999", "http --clients 1",
            "http --k 101", "http --ef 0", "http --batches 0", "http --codec-millis 0",
            "connections --connections 0", "connections --seconds 0", "connections --batch 0",
            "connections --lag-records 0",
            "filter --rounds 0", "parallel-upload --rounds 0", "parallel-upload --records 0",
            "parallel-upload --uploads 3x2,2x3", "parallel-upload --uploads 3", "parallel-upload --batch 0",
            "parallel-upload --ack-batches 0", "parallel-upload --ack-batch 0",
            "parallel-upload --sync-millis 0", "fairness --rounds 0", "fairness --backlog 0",
            "fairness --backlogged 1,0", "fairness --small 0", "fairness --idle 0", "fairness --clients 0",
            "fairness --batch 0", "collections --rounds 0", "collections --collections 0",
            "collections --each 0", "collections --writes -1", "collections --batch 0",
            "collections --clients 1001", "collections --idle-seconds 0", "ingest --clients 1,2",
            "ingest --transport binary", "ingest --matrix --growth", "ingest --matrix --clients 1,0",
            "ingest --matrix --dimension 0", "ingest --matrix --collections 0", "ingest --rate 5",
            "ingest --matrix --rate 0", "ingest --matrix --rate 5 --seconds 0", "query --ef 10,20",
            "query --rate 5", "query --curve --ef 20,10", "query --curve --ef 0", "query --curve --rate -1",
            "query --curve --write-rate -1", "query --curve --write-batch 0", "restart --records 9",
            "restart --unlinked 0", "restart --rounds 0", "soak --seconds 0", "soak --clients 0",
            "soak --collections 0", "soak --batch 0", "soak --ids 10", "soak --kill-every -1"})
    void whatCannotBeMeasuredIsRefusedByName(String arguments) {
        String[] words = arguments.split(" ");
        assertThat(line.execute(words)).isEqualTo(CommandLine.ExitCode.SOFTWARE);
        assertThat(err.toString()).startsWith("forebay bench: --").contains("must be");
    }

    @Test
    void partsAndImplementationsOfTheLogAreAllUnlessTheyAreNamed() {
        WalCommand all = new WalCommand();
        new CommandLine(all).parseArgs();
        assertThat(all.settings().parts()).containsExactlyInAnyOrder(Part.values());
        assertThat(all.settings().logs()).containsExactly(LogKind.values());

        WalCommand some = new WalCommand();
        new CommandLine(some).setCaseInsensitiveEnumValuesAllowed(true)
                .parseArgs("--part", "os,Recovery", "--part", "sync", "--implementation", "chronicle");
        assertThat(some.settings().parts()).containsExactlyInAnyOrder(Part.OS, Part.RECOVERY, Part.SYNC);
        assertThat(some.settings().logs()).containsExactly(LogKind.CHRONICLE);
    }

    @Test
    void partsAndSetsOfTheIndexAreAllUnlessTheyAreNamedAndTheEngineIsOurs() {
        IndexCommand all = new IndexCommand();
        new CommandLine(all).parseArgs();
        assertThat(all.settings().parts()).containsExactlyInAnyOrder(IndexPart.values());
        assertThat(all.settings().sets()).containsExactly(SetKind.values());
        assertThat(all.settings().engine()).isEqualTo(IndexEngine.NATIVE);
        assertThat(all.settings().cpp()).isNull();

        IndexCommand some = new IndexCommand();
        new CommandLine(some).setCaseInsensitiveEnumValuesAllowed(true).parseArgs("--part", "search,Build",
                "--set", "low128,real", "--engine", "hnswlib", "--cpp", "headers");
        assertThat(some.settings().parts()).containsExactlyInAnyOrder(IndexPart.BUILD, IndexPart.SEARCH);
        assertThat(some.settings().sets()).containsExactly(SetKind.REAL, SetKind.LOW128);
        assertThat(some.settings().engine()).isEqualTo(IndexEngine.HNSWLIB);
        assertThat(some.settings().cpp()).hasToString("headers");
    }

    @Test
    void aPartThatDoesNotExistIsAnErrorOfUse() {
        assertThat(line.execute("wal", "--part", "os,speed")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString()).contains("speed", "recovery");
    }

    @Test
    void anUnknownOptionIsAnErrorOfUse() {
        assertThat(line.execute("ingest", "--speed", "9")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString()).contains("--speed");
    }

    @Test
    void aMissingDatasetIsSaidInOneLine() {
        assertThat(line.execute("apply", "--dataset", "no/such/folder"))
                .isEqualTo(CommandLine.ExitCode.SOFTWARE);
        assertThat(err.toString()).startsWith("forebay bench: no such file or folder: ")
                .contains("no/such/folder").hasLineCount(1);
    }

    @Test
    void datasetsThatCannotBeReadOrMadeAreSaidInOneLine() {
        assertThat(line.execute("restart", "--dataset", "synthetic:depth=3"))
                .isEqualTo(CommandLine.ExitCode.SOFTWARE);
        assertThat(err.toString()).startsWith("forebay bench: 'depth' of 'synthetic:depth=3'")
                .hasLineCount(1);
    }

    @Test
    void aReportOfNothingSaysSo(@org.junit.jupiter.api.io.TempDir java.nio.file.Path empty) {
        assertThat(line.execute("report", "--results", empty.toString()))
                .isEqualTo(CommandLine.ExitCode.SOFTWARE);
        assertThat(err.toString()).startsWith("forebay bench: there are no results in ").hasLineCount(1);
    }

    @Test
    void jmhTakesItsOwnOptions() {
        assertThat(line.execute("jmh", "-l", "NoBenchmarkHasThisName")).isZero();
        assertThat(err.toString()).isEmpty();
    }
}
