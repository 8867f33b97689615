package io.forebay.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The habits that a machine can watch, over the sources of all modules. */
class TidyTest {
    private static final int LINES_MAX = 500;
    private static final int LINE_LENGTH_MAX = 110;
    private static final int COMMENT_LENGTH_MAX = 125;
    private static final int TEXT_LENGTH_MAX = 160;
    private static final Pattern PRINTS = Pattern
            .compile("\\bSystem\\.(out|err)\\b|\\.printStackTrace\\(\\)");
    private static final Pattern SLEEPS = Pattern.compile("\\bThread\\.sleep\\(");
    private static final Pattern MAKES_THREADS = Pattern.compile(
            "\\bnew Thread\\(|\\bExecutors\\.|\\bThread\\.of(Virtual|Platform)\\(|\\bnew ThreadPoolExecutor\\("
                    + "|\\bnew ForkJoinPool\\(|\\bThread\\.startVirtualThread\\(|\\bimplements ThreadFactory\\b");
    private static final Pattern MARKERS = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|X" + "XX|HA" + "CK)\\b");
    private static final Pattern PLACES = Pattern
            .compile("/(home|root|Users|work)/[a-z]|https?://(repo|nexus|"
                    + "registry|artifactory)[.\\w-]*");

    @FunctionalInterface
    private interface Rule {
        boolean breaks(Path file, String line);
    }

    @Test
    void filesAreShort() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : all()) {
            long lines = Files.readAllLines(file).size();
            if (lines > LINES_MAX) {
                found.add(name(file) + " has " + lines + " lines");
            }
        }
        assertThat(found).isEmpty();
    }

    @Test
    void linesAreShort() throws IOException {
        assertThat(broken(all(), (file, line) -> line.length() > allowed(line))).isEmpty();
    }

    /** The formatter keeps code at its limit; it wraps no comment and splits no text. */
    private static int allowed(String line) {
        String start = line.strip();
        if (line.indexOf('"') >= 0 || start.startsWith("#") || start.startsWith("import ")) {
            return TEXT_LENGTH_MAX;
        }
        boolean comment = start.startsWith("*") || start.startsWith("/*") || start.contains("//");
        return comment ? COMMENT_LENGTH_MAX : LINE_LENGTH_MAX;
    }

    @Test
    void onlyTheCommandLinePrints() throws IOException {
        assertThat(broken(Sources.main(), (file, line) -> PRINTS.matcher(line).find()
                && !name(file).contains("io/forebay/server/cli/") && !name(file).startsWith("bench")))
                .isEmpty();
    }

    @Test
    void nothingSleeps() throws IOException {
        assertThat(broken(Sources.main(), (file, line) -> SLEEPS.matcher(line).find())).isEmpty();
    }

    @Test
    void threadsAreMadeInOnePlacePerModule() throws IOException {
        assertThat(broken(Sources.main(), (file, line) -> MAKES_THREADS.matcher(line).find()
                && !name(file).endsWith("Threads.java") && !name(file).startsWith("bench"))).isEmpty();
    }

    @Test
    void nothingIsLeftOver() throws IOException {
        assertThat(broken(all(), (file, line) -> MARKERS.matcher(line).find())).isEmpty();
    }

    @Test
    void noPlaceOfOneMachineIsNamed() throws IOException {
        assertThat(broken(Sources.main(), (file, line) -> PLACES.matcher(line).find())).isEmpty();
    }

    private static List<Path> all() throws IOException {
        List<Path> all = new ArrayList<>(Sources.main());
        all.addAll(Sources.test());
        assertThat(all).hasSizeGreaterThan(50);
        return all;
    }

    private static List<String> broken(List<Path> files, Rule rule) throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : files) {
            int number = 0;
            for (String line : Files.readAllLines(file)) {
                number++;
                if (rule.breaks(file, line)) {
                    found.add(name(file) + ":" + number + ": " + line.strip());
                }
            }
        }
        return found;
    }

    private static String name(Path file) {
        return Sources.root().relativize(file).toString().replace('\\', '/');
    }
}
