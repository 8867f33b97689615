package io.forebay.bench.page;

import io.forebay.bench.page.ResultFile.Shown;
import io.forebay.bench.report.Plot;
import io.forebay.bench.report.Table;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The whole page: what is wanted and whether it was reached, then each result with its plots, figures and circumstances. */
final class Page {
    private static final String TABLE = "<div class=\"wide\"><table><thead><tr><th>figure</th><th class=\"n\">median</th>"
            + "<th class=\"n\">min to max</th><th class=\"n r\">runs</th><th>wanted</th></tr></thead><tbody>";

    private final Markup out = new Markup();

    private Page() {}

    /** HTML that needs nothing from anywhere. */
    static String of(List<ResultFile> results, String style) {
        Page page = new Page();
        page.out.raw("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
                .raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
                .raw("<title>Forebay: benchmarks</title><style>").raw(style).raw("</style></head><body>\n")
                .raw("<header><h1>Forebay: benchmarks</h1>");
        page.contents(results);
        page.out.raw("</header>\n<main>\n");
        page.claims(results);
        results.forEach(page::result);
        page.out.raw("</main></body></html>\n");
        return page.out.toString();
    }

    private static String anchor(ResultFile result) {
        return result.file().replaceAll("[^A-Za-z0-9-]", "-");
    }

    private void contents(List<ResultFile> results) {
        out.raw("<nav>");
        for (ResultFile result : results) {
            out.open("a", "href", "#" + anchor(result)).text(result.benchmark()).raw("</a> ");
        }
        out.raw("</nav>");
    }

    private void claims(List<ResultFile> results) {
        List<Shown> wanted = results.stream().flatMap(result -> result.figures().stream())
                .filter(Shown::isWanted).toList();
        if (wanted.isEmpty()) {
            return;
        }
        long reached = wanted.stream().filter(Shown::isReached).count();
        out.raw("<section><h2>What is wanted</h2><p>").text(reached + " of " + wanted.size()
                + " figures are as wanted. A median decides; where its spread crosses the limit it proves little.")
                .raw("</p>").raw(TABLE);
        for (ResultFile result : results) {
            for (Shown figure : result.figures()) {
                if (figure.isWanted()) {
                    row(figure, result.benchmark());
                }
            }
        }
        out.raw("</tbody></table></div></section>\n");
    }

    private void row(Shown figure, @Nullable String benchmark) {
        out.raw("<tr><th>").text(figure.name());
        String small = benchmark == null ? figure.formed() : benchmark + ": " + figure.formed();
        if (!small.isBlank()) {
            out.raw("<small>").text(small).raw("</small>");
        }
        out.raw("</th><td class=\"n\">").text(number(figure.median())).raw(" <small>").text(figure.unit())
                .raw("</small></td><td class=\"n\">")
                .text(figure.count() > 1 ? number(figure.min()) + " to " + number(figure.max()) : "")
                .raw("</td><td class=\"n r\">").text(figure.count()).raw("</td><td>");
        if (figure.isWanted()) {
            out.raw(figure.isReached()
                    ? "<b class=\"reached\">reached</b> "
                    : "<b class=\"missed\">missed</b> ")
                    .text(Double.isNaN(figure.atMost())
                            ? "≥ " + number(figure.atLeast())
                            : "≤ " + number(figure.atMost()));
        }
        out.raw("</td></tr>");
    }

    private static String number(double value) {
        return value == 0 ? "0" : Table.number(value);
    }

    private void result(ResultFile result) {
        out.open("section", "id", anchor(result)).element("h2", result.benchmark());
        out.raw("<p class=\"where\">").text(result.startedAt()).raw(" · ").text(commit(result)).raw("<br>")
                .text(machine(result)).raw("<br>").text(dataset(result)).raw("</p>");
        if (!result.plots().isEmpty()) {
            out.raw("<div class=\"plots\">\n");
            for (Plot plot : result.plots()) {
                Chart.draw(plot, out);
            }
            out.raw("</div>\n");
        }
        if (!result.notes().isEmpty()) {
            out.raw("<ul class=\"notes\">");
            result.notes().forEach(note -> out.element("li", note));
            out.raw("</ul>");
        }
        out.raw(TABLE);
        result.figures().forEach(figure -> row(figure, null));
        out.raw("</tbody></table></div>\n");
        circumstances(result);
        out.raw("</section>\n");
    }

    private void circumstances(ResultFile result) {
        out.raw("<details><summary>Settings, machine, JVM, data</summary><dl>");
        for (String name : List.of("parameters", "machine", "jvm", "commit", "dataset")) {
            if (result.all().get(name) != null) {
                out.element("dt", name).raw("<dd>");
                tree(result.all().get(name));
                out.raw("</dd>");
            }
        }
        out.element("dt", "file").element("dd", result.file()).raw("</dl></details>");
    }

    private void tree(@Nullable Object value) {
        switch (value) {
            case Map<?, ?> map -> {
                out.raw("<ul>");
                map.forEach((key, one) -> {
                    out.raw("<li>").text(key).raw(": ");
                    tree(one);
                    out.raw("</li>");
                });
                out.raw("</ul>");
            }
            case List<?> list when list.stream().anyMatch(Map.class::isInstance) -> list.forEach(this::tree);
            case List<?> list -> out.text(String.join(", ", list.stream().map(Page::shown).toList()));
            case null, default -> out.text(shown(value));
        }
    }

    private static String shown(@Nullable Object value) {
        return value instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1e15
                ? String.valueOf(number.longValue())
                : String.valueOf(value);
    }

    private static String commit(ResultFile result) {
        if (!(result.all().get("commit") instanceof Map<?, ?> commit)) {
            return "commit unknown";
        }
        String id = String.valueOf(commit.get("id"));
        return "commit " + (id.length() > 8 ? id.substring(0, 8) : id)
                + (Boolean.TRUE.equals(commit.get("changed")) ? ", files changed since" : "");
    }

    private static String machine(ResultFile result) {
        if (!(result.all().get("machine") instanceof Map<?, ?> machine)) {
            return "machine unknown";
        }
        String memory = machine.get("memoryBytes") instanceof Double bytes
                ? Table.number(bytes / (1 << 30)) + " GiB"
                : "";
        return machine.get("cpu") + ", " + shown(machine.get("cores")) + " cores, " + memory + ", "
                + machine.get("system") + ", " + machine.get("fileSystem") + ", JDK " + machine.get("jdk");
    }

    private static String dataset(ResultFile result) {
        if (!(result.all().get("dataset") instanceof Map<?, ?> dataset)) {
            return "";
        }
        Object hash = dataset.get("sha256") == null ? dataset.get("embeddingsSha256") : dataset.get("sha256");
        String digits = String.valueOf(hash);
        Object intrinsic = dataset.get("intrinsicDimension");
        return "dataset " + dataset.get("name") + ", " + shown(dataset.get("records")) + " records, "
                + shown(dataset.get("dimension")) + " dimensions, " + dataset.get("space") + ", SHA-256 "
                + (digits.length() > 12 ? digits.substring(0, 12) : digits)
                + (intrinsic instanceof Double number
                        ? ", intrinsic dimension " + Table.number(number) + " (two nearest neighbours)"
                        : "");
    }
}
