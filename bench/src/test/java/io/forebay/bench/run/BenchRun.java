package io.forebay.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.bench.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** One benchmark, as from the command line, over the sample: what it printed and the result that it wrote. */
record BenchRun(String out, String json) {

    /** Fails unless it ends well, with one result, and leaves no store behind. */
    static BenchRun of(Path folder, String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--dir", folder.resolve("stores").toString(), "--results",
                folder.resolve("results").toString(), "--dataset",
                Path.of(System.getProperty("forebay.root"), "sample").toString()));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err))
                .execute(all.toArray(String[]::new));

        assertThat(err.toString()).isEmpty();
        assertThat(code).isZero();
        assertThat(list(folder.resolve("stores"))).as("stores left behind").isEmpty();
        List<Path> results = list(folder.resolve("results"));
        assertThat(results).hasSize(1);
        return new BenchRun(out.toString(), Files.readString(results.getFirst()));
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
