package io.forebay.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.client.CollectionLag;
import io.forebay.model.Lag;
import io.forebay.model.Rate;
import io.forebay.server.config.SampleFile;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
    @TempDir
    Path folder;

    private static Outcome run(String... arguments) {
        return Outcome.of(arguments);
    }

    @Test
    void withoutArgumentsItShowsItsCommands() {
        Outcome outcome = run();
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out())
                .contains("run ", "demo ", "load ", "import ", "export ", "query ", "get ", "collections ",
                        "lag ",
                        "version ", "First time here?  forebay demo")
                .doesNotContain("sample ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "demo", "load", "import", "export", "query", "get", "collections", "lag",
            "health",
            "config",
            "version",
            "sample", "help"})
    void everyCommandHasHelp(String command) {
        Outcome outcome = run(command, "--help");
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).contains("Usage: forebay " + command);
    }

    @Test
    void aMistypedCommandIsGuessed() {
        Outcome outcome = run("dmeo");
        assertThat(outcome.code()).isEqualTo(ForebayCommand.EXIT_USAGE);
        assertThat(outcome.err()).contains("'dmeo'").contains("Did you mean: forebay demo?");
    }

    @Test
    void aMistypedOptionIsGuessed() {
        Outcome outcome = run("run", "--prot", "1");
        assertThat(outcome.code()).isEqualTo(ForebayCommand.EXIT_USAGE);
        assertThat(outcome.err()).contains("--prot").contains("Did you mean: forebay run --port?");
    }

    @Test
    void versionSaysWhatRuns() {
        assertThat(run("version").out()).matches("Forebay \\d\\S* \\(Chroma API v2, JDK 25\\S*\\)\\R");
    }

    @Test
    void versionIsAlsoAnOption() {
        assertThat(run("--version")).isEqualTo(run("version"));
    }

    @Test
    void helpIsAlsoACommand() {
        assertThat(run("help").out()).isEqualTo(run().out());
        assertThat(run("help", "lag").out()).isEqualTo(run("lag", "--help").out())
                .contains("Usage: forebay lag");
        Outcome unknown = run("help", "dmeo");
        assertThat(unknown.code()).isEqualTo(ForebayCommand.EXIT_USAGE);
        assertThat(unknown.err()).contains("there is no command 'dmeo'");
    }

    @Test
    void configPrintsTheSampleFile() {
        assertThat(run("config").out()).isEqualTo(SampleFile.text());
    }

    @Test
    void aBadSettingIsOneLineAndCode1() {
        Outcome outcome = run("run", "--path", folder.toString(), "--port", "99999");
        assertThat(outcome).isEqualTo(new Outcome(1, "",
                "forebay: server.port is '99999' (from flag), must be 0 to 65535" + System.lineSeparator()));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aTakenPortIsOneLineAndCode1() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Outcome outcome = run("run", "--path", folder.toString(), "--port", "" + taken.getLocalPort());
            assertThat(outcome.code()).isEqualTo(1);
            assertThat(outcome.err().lines()).singleElement().asString().startsWith("forebay: ")
                    .contains("127.0.0.1:" + taken.getLocalPort());
        }
    }

    @Test
    void aPathThatIsAFileIsOneLineAndCode1() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "x");
        Outcome outcome = run("run", "--path", file.toString(), "--port", "0");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err().lines()).singleElement().asString().startsWith("forebay: ").contains("file");
    }

    @Test
    void lagWithoutAServerSaysSo() throws Exception {
        int port = 9; // "discard", which nobody has
        Outcome outcome = run("lag", "--url", "http://127.0.0.1:" + port);
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).contains("cannot connect to http://127.0.0.1:" + port);
        assertThat(run("lag", "--port", "" + port)).isEqualTo(outcome);
    }

    @Test
    void lagIsATable() {
        CollectionLag lag = new CollectionLag("i", "t", "d", "a-name-that-is-longer-than-the-column", 1234,
                2000, 1500,
                40, 40, 39, 30, new Lag(1, 9, 0.26), new Lag(10, 0, 2), new Rate(12_345.6, 1),
                new Rate(0.5, 1), 0.0001, 20.0);
        assertThat(LagCommand.table(List.of(lag)).lines().skip(1)).singleElement().asString()
                .contains("a-name-that-is-longer...", "1,234", "1 (0.3 s)", "12,346", "10 (2.0 s)", "20.0 s");
        assertThat(LagCommand.table(List.of())).isEqualTo("no collections\n");
    }

    @Test
    void theDemoChecksItsNumbersFirst() {
        assertThat(run("demo", "--clients", "0").err()).contains("--clients is 0, must be 1 to 1000");
    }

    @Test
    void progressIsALineEverySecondWhereNobodyLooksOn() {
        StringWriter text = new StringWriter();
        ProgressBlock block = new ProgressBlock(new PrintWriter(text), false, 100, 0);
        block.draw(10, 0, 0, 500_000_000L, false);
        block.draw(50, 20, 0, 1_000_000_000L, false);
        block.draw(60, 20, 0, 1_500_000_000L, false);
        block.draw(100, 100, 100, 1_600_000_000L, true);
        assertThat(text.toString().lines()).containsExactly(
                "    1.0 s   acked 50   applied 20   linked 0   of 100",
                "    1.6 s   acked 100   applied 100   linked 100   of 100");
    }

    @Test
    void progressIsDrawnOverItselfOnATerminal() {
        StringWriter text = new StringWriter();
        ProgressBlock block = new ProgressBlock(new PrintWriter(text), true, 100, 0);
        block.draw(50, 20, 0, 1_000_000_000L, false);
        block.draw(100, 100, 100, 2_000_000_000L, true);
        assertThat(text.toString()).contains("acked    [####################....................]",
                "\033[3A", "100 of 100  100 %");
    }
}
