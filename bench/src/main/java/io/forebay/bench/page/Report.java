package io.forebay.bench.page;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Results, and the page of them. */
public final class Report {
    private final List<ResultFile> results;
    private final List<String> passedOver;

    private Report(List<ResultFile> results, List<String> passedOver) {
        this.results = results;
        this.passedOver = passedOver;
    }

    /** Of these, in this order; a file that is no result is an error. */
    public static Report of(List<Path> files) throws IOException {
        List<ResultFile> results = new ArrayList<>();
        for (Path file : files) {
            results.add(ResultFile.read(file));
        }
        return new Report(results, List.of());
    }

    /** Of the newest result of each kind in the folder. */
    public static Report ofNewest(Path folder) throws IOException {
        List<String> passedOver = new ArrayList<>();
        return new Report(ResultFile.newest(folder, passedOver), passedOver);
    }

    /** Files that are no results, with the reason. */
    public List<String> passedOver() {
        return passedOver;
    }

    public boolean isEmpty() {
        return results.isEmpty();
    }

    public void write(Path file) throws IOException {
        try (InputStream style = Report.class.getResourceAsStream("style.css")) {
            if (style == null) {
                throw new IOException("style.css is not on the class path");
            }
            String text = new String(style.readAllBytes(), StandardCharsets.UTF_8);
            Files.writeString(file, Page.of(results, text));
        }
    }
}
