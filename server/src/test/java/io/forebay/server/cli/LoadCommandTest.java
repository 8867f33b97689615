package io.forebay.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.client.ForebayClient;
import io.forebay.client.load.LoadProgress;
import io.forebay.model.GetRequest;
import io.forebay.model.Space;
import io.forebay.server.load.LoadServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code forebay load} in this process, against a real server. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class LoadCommandTest {
    @TempDir
    static Path store;
    private static LoadServer server;
    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        server = LoadServer.start(store);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private Path lines(String name, int count, Map<Integer, String> others) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lines.add(others.getOrDefault(i,
                    "{\"id\":\"r" + i + "\",\"embedding\":[" + i + ",1.5],\"document\":\"d" + i
                            + "\",\"metadata\":{\"n\":" + i + "}}"));
        }
        return Files.write(folder.resolve(name), lines);
    }

    private static Outcome load(Path file, String collection, String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("load", file.toString(), "-c", collection, "--url", server.url()));
        arguments.addAll(List.of(more));
        return Outcome.of(arguments.toArray(String[]::new));
    }

    @Test
    void linesAreLoadedIntoACollectionThatIsMade() throws Exception {
        Path file = lines("a.jsonl", 300, Map.of());
        Outcome outcome = load(file, "made", "--space", "cosine");
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).contains("300 records are in made", "in the index after");
        try (ForebayClient client = server.client()) {
            var made = client.collection("made");
            assertThat(made.description().space()).isEqualTo(Space.COSINE);
            assertThat(made.count()).isEqualTo(300);
            assertThat(made.get(GetRequest.ofIds("r7")).get(0)).satisfies(record -> {
                assertThat(record.document()).isEqualTo("d7");
                assertThat(record.embedding()).containsExactly(7, 1.5f);
            });
        }
        assertThat(load(file, "made").out()).contains("was loaded into made already, all of it");
        assertThat(server.operations("made")).isEqualTo(300);
        assertThat(load(file, "made", "--restart", "--operation", "upsert", "--wait", "none").code())
                .isZero();
        assertThat(server.operations("made")).isEqualTo(600);
    }

    @Test
    void aFileThatWasLoadedIsLoadedIntoAnotherCollectionToo() throws Exception {
        Path file = lines("two.jsonl", 50, Map.of());
        assertThat(load(file, "one").code()).isZero();
        Outcome resumed = load(file, "two", "--resume");
        assertThat(resumed.code()).isEqualTo(1);
        assertThat(resumed.err()).contains("which is complete");
        Outcome other = load(file, "two");
        assertThat(other.code()).as(other.err()).isZero();
        assertThat(other.out()).contains("50 records are in two: 50 in this run");
        assertThat(load(file, "two").out()).contains("was loaded into two already");
        assertThat(load(file, "two", "--operation", "upsert").out()).contains("50 in this run");
        assertThat(server.operations("two")).isEqualTo(100);
        try (ForebayClient client = server.client()) {
            client.deleteCollection("two");
            assertThat(load(file, "two").code()).isZero();
            assertThat(client.collection("two").count()).isEqualTo(50);
        }
    }

    @Test
    void badRecordsAreNamedAndTheRestIsLoaded() throws Exception {
        Path file = lines("bad.jsonl", 200, Map.of(50, "{\"id\":\"x\",\"embedding\":[1,2", 120,
                "{\"id\":\"y\",\"embedding\":[1,2,3]}", 199, "{\"id\":\"z\",\"embedding\":[NaN,1]}"));
        Path errors = folder.resolve("errors");
        Outcome outcome = load(file, "bad", "--errors", errors.toString());
        assertThat(outcome.code()).isEqualTo(LoadCommand.EXIT_REFUSED);
        assertThat(outcome.out()).contains("197 records are in bad", "3 were refused");
        assertThat(outcome.err()).contains(file + " line 51: not JSON");
        assertThat(Files.readAllLines(errors)).hasSize(3).anySatisfy(line -> assertThat(line)
                .contains("\"position\":120", "\"id\":\"y\"", "3 components", "InvalidArgumentError"));
        assertThat(load(file, "bad").code()).isEqualTo(LoadCommand.EXIT_REFUSED);
    }

    @Test
    void oneBadRecordTooManyStopsAndTheSameCommandGoesOn() throws Exception {
        Path file = lines("few.jsonl", 100, Map.of(60, "{}"));
        Outcome outcome = load(file, "few", "--errors-max", "0");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).contains("line 61: has no 'id'", "The same command goes on from");
        Outcome again = load(file, "few", "--errors-max", "1", "--resume");
        assertThat(again.code()).as(again.err()).isEqualTo(LoadCommand.EXIT_REFUSED);
        try (ForebayClient client = server.client()) {
            assertThat(client.collection("few").count()).isEqualTo(99);
        }
        assertThat(server.operations("few")).isEqualTo(99);
    }

    @Test
    void aFileThatIsCutOffStopsWithItsPlace() throws Exception {
        Path sample = Path.of(System.getProperty("forebay.root"), "sample");
        Path whole;
        try (var files = Files.list(sample)) {
            whole = files
                    .filter(file -> file.toString().endsWith(".npy") && !file.toString().contains("queries"))
                    .findFirst().orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(whole);
        Path file = Files.write(folder.resolve("cut.npy"), Arrays.copyOf(bytes, bytes.length - 5));
        Outcome outcome = load(file, "cut");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).contains("its header promises " + bytes.length);
        assertThat(outcome.err().lines()).hasSize(1);
    }

    @Test
    void skipAndLimitAndJson() throws Exception {
        Path file = lines("part.jsonl", 100, Map.of());
        Outcome outcome = load(file, "part", "--skip", "10", "--limit", "25", "--json", "--wait", "applied");
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out().lines().toList().getLast()).startsWith("{\"event\":\"done\"")
                .contains("\"acked\":25,", "\"refused\":0,");
        try (ForebayClient client = server.client()) {
            assertThat(client.collection("part").get(GetRequest.ofIds("r9", "r10", "r34", "r35")))
                    .extracting(record -> record.id()).containsExactly("r10", "r34");
        }
        assertThat(load(file, "part", "--skip", "11").err()).contains("is of another load");
        assertThat(load(file, "part", "--skip", "10").err()).contains("the source has changed");
    }

    @Test
    void whatDoesNotFitTheCollectionIsSaidFirst() throws Exception {
        Path file = lines("fit.jsonl", 10, Map.of());
        assertThat(load(file, "fit", "--dimension", "3", "--errors-max", "5").err())
                .contains("its embedding has 2 components, those before have 3");
        Path right = lines("right.jsonl", 10, Map.of());
        assertThat(load(right, "fits").code()).isZero();
        assertThat(load(file, "fits", "--restart", "--space", "cosine").err())
                .contains("has space l2, not cosine");
        assertThat(load(file, "fits", "--restart", "--dimension", "3").err()).contains("has dimension 2");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"--batch-size x | --batch-size is 'x', must be auto or 1 to 1000000",
            "--concurrency 0 | --concurrency is '0'", "--wait soon | --wait is 'soon'",
            "--space x | --space is 'x'",
            "--operation delete | --operation is 'delete'", "--resume --restart | not both",
            "--skip -1 | --skip is -1"})
    void aWrongOptionIsUsage(String options, String message) throws Exception {
        Outcome outcome = load(lines("a.jsonl", 1, Map.of()), "never", options.split(" "));
        assertThat(outcome.code()).isEqualTo(ForebayCommand.EXIT_USAGE);
        assertThat(outcome.err()).contains(message);
    }

    @Test
    void aFileThatIsNotThereOrOfAnUnknownKindIsOneLine() throws Exception {
        assertThat(load(folder.resolve("no.jsonl"), "x").err().strip())
                .isEqualTo("forebay: " + folder.resolve("no.jsonl") + ": no such file");
        Path file = Files.writeString(folder.resolve("a.csv"), "x");
        assertThat(load(file, "x").err()).contains("say --format");
        assertThat(load(file, "x", "--resume", "--format", "jsonl").err()).contains("there is no checkpoint");
    }

    private static LoadProgress progress(long acked, long expected) {
        return new LoadProgress(acked, acked, acked / 2, acked / 4, 0, 12, expected, 1, 123_456.7, 1,
                23_456.7, 3,
                acked / 2, 0.1, 1.5, 3.0, 4_000.0, 12_800, 32, 31, 7, 12.5);
    }

    @Test
    void theBarsFit80Columns() {
        StringWriter text = new StringWriter();
        LoadDisplay display = new LoadDisplay(new PrintWriter(text), LoadDisplay.Style.BARS, 0, () -> 0.5);
        display.show(progress(1_234_567_890L, 2_000_000_000L));
        display.show(progress(1_234_567_890L, -1));
        assertThat(text.toString()).contains(
                "acked   [############........] 1,234,567,890 of 2,000,000,000  62 %",
                "of ~2,469,135", "\033[4A", "lag 617,283,945 (1.5 s)");
        assertThat(text.toString().replaceAll("\\r|\033\\[[0-9]*[AK]", "").lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThan(80));
    }
}
