package io.forebay.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.bench.Main;
import io.forebay.bench.peers.PeerKind;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** {@code bench peers} in small: the libraries, Forebay's server, and servers that are not there. */
class PeersSmokeTest {

    @Test
    @Tag("long")
    void whoeverCannotStartIsSkippedWithItsReasonAndTheOthersGoOn(@TempDir Path folder) throws Exception {
        BenchRun run = BenchRun.of(folder, "peers", "--peers",
                "chroma,pgvector,forebay_binary,forebay_embedded,lucene_merged,hnswlib_core", "--chroma",
                "/no/such/chroma", "--postgres", "/no/such/folder", "--records", "500", "--warmup", "100",
                "--batch", "50", "--clients", "3", "--queries", "20", "--seconds", "0.05");

        assertThat(run.out()).contains("without chroma from round 1 on: does not start here: ",
                "/no/such/chroma",
                "without pgvector from round 1 on: does not start here: ");
        assertThat(run.out()).contains("acked_forebay_binary ", "queries_n_forebay_embedded ",
                "acked_forebay_embedded_over_lucene_merged ", "disk_forebay_embedded_over_lucene_merged ",
                "query_p50_1_forebay_embedded_over_hnswlib_core ", "note:    lucene_merged: lucene-core ");
        assertThat(run.out()).doesNotContain("acked_chroma", "over_pgvector", "did not reach the recall");
        assertThat(run.json()).contains("\"peer\" : \"hnswlib_core\"", "\"records\" : 500",
                "/no/such/chroma");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"--rounds 0", "--records 0", "--clients 1", "--clients 91", "--batch 0", "--warmup -1",
                    "--queries 0", "--k 101", "--recall 0", "--recall 1.1", "--seconds 0"})
    void whatCannotBeMeasuredIsRefusedByName(String arguments) {
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine().setErr(new PrintWriter(err));

        assertThat(line.execute(("peers " + arguments).split(" "))).isEqualTo(CommandLine.ExitCode.SOFTWARE);
        assertThat(err.toString()).startsWith("forebay bench: --").contains("must be");
    }

    @Test
    void allPeersTakePartUnlessSomeAreNamed() {
        PeersCommand all = new PeersCommand();
        new CommandLine(all).parseArgs();
        assertThat(all.settings().peers()).containsExactly(PeerKind.values());

        PeersCommand some = new PeersCommand();
        new CommandLine(some).setCaseInsensitiveEnumValuesAllowed(true).parseArgs("--peers",
                "lucene,Forebay_HTTP");
        assertThat(some.settings().peers()).containsExactly(PeerKind.LUCENE, PeerKind.FOREBAY_HTTP);
    }
}
