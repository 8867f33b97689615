package io.forebay.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documents: every link leads somewhere, every page is in the index. */
class DocsTest {
    private static final Path ROOT = Sources.root();
    private static final Path DOCS = ROOT.resolve("docs");
    /** A link or an image; the target ends at the first closing bracket or space. */
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("#{1,6} +(.*?)\\s*#*");
    private static final Pattern CODE = Pattern.compile("`[^`]*`");

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        try (Stream<Path> files = Files.walk(DOCS)) {
            files.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
        }
        for (String other : List.of("README.md", "CHANGELOG.md", "bench/README.md",
                "bench/results/README.md")) {
            if (Files.exists(ROOT.resolve(other))) {
                pages.add(ROOT.resolve(other));
            }
        }
        return pages;
    }

    /** The lines outside of blocks of code. */
    private static List<String> prose(Path page) throws IOException {
        List<String> lines = new ArrayList<>();
        boolean code = false;
        for (String line : Files.readAllLines(page)) {
            if (line.strip().startsWith("```")) {
                code = !code;
            } else if (!code) {
                lines.add(line);
            }
        }
        return lines;
    }

    /** As GitHub makes them of headings. */
    private static Set<String> anchors(Path page) throws IOException {
        Set<String> anchors = new TreeSet<>();
        Map<String, Integer> times = new HashMap<>();
        for (String line : prose(page)) {
            Matcher heading = HEADING.matcher(line);
            if (heading.matches()) {
                String text = heading.group(1).replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-');
                int earlier = times.merge(text, 1, Integer::sum) - 1;
                anchors.add(earlier == 0 ? text : text + "-" + earlier);
            }
        }
        return anchors;
    }

    @Test
    void everyRelativeLinkAndAnchorLeadsSomewhere() throws IOException {
        List<String> broken = new ArrayList<>();
        int links = 0;
        for (Path page : pages()) {
            for (String line : prose(page)) {
                Matcher link = LINK.matcher(CODE.matcher(line).replaceAll("`"));
                while (link.find()) {
                    String target = link.group(1);
                    if (!target.matches("[a-z]+:.*")) {
                        links++;
                        String why = wrong(page, target);
                        if (why != null) {
                            broken.add(ROOT.relativize(page) + ": " + target + " " + why);
                        }
                    }
                }
            }
        }
        assertThat(broken).isEmpty();
        assertThat(links).isGreaterThan(100);
    }

    private static String wrong(Path page, String target) throws IOException {
        int hash = target.indexOf('#');
        String path = URLDecoder.decode(hash < 0 ? target : target.substring(0, hash),
                StandardCharsets.UTF_8);
        Path file = path.isEmpty() ? page : page.resolveSibling(path).normalize();
        if (!Files.exists(file)) {
            return "is not there";
        }
        return hash < 0 || anchors(file).contains(target.substring(hash + 1)) ? null : "has no such heading";
    }

    @Test
    void everyPageIsInTheIndex() throws IOException {
        String index = Files.readString(DOCS.resolve("README.md"));
        Set<String> missing = new TreeSet<>();
        try (Stream<Path> files = Files.walk(DOCS)) {
            for (Path file : files.filter(one -> one.toString().endsWith(".md")).toList()) {
                String name = DOCS.relativize(file).toString();
                if (!name.equals("README.md") && !name.startsWith("decisions/")
                        && !index.contains("(" + name)) {
                    missing.add(name);
                }
            }
        }
        assertThat(missing).isEmpty();
    }
}
