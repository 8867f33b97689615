package io.forebay.bench.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What was measured.
 *
 * @param id      40 digits, or "unknown" where git has no answer
 * @param changed whether files differ from that commit
 */
public record GitCommit(String id, boolean changed) {
    static final String UNKNOWN = "unknown";
    private static final int SECONDS_MAX = 10;

    public static GitCommit of(Path root) {
        String id = git(root, "rev-parse", "HEAD");
        String status = git(root, "status", "--porcelain", "--untracked-files=no");
        return new GitCommit(id == null ? UNKNOWN : id, status == null || !status.isEmpty());
    }

    String shortId() {
        return (id.length() > 8 ? id.substring(0, 8) : id) + (changed ? "-changed" : "");
    }

    private static @Nullable String git(Path root, String... arguments) {
        List<String> command = new ArrayList<>(List.of("git", "-C", root.toString()));
        command.addAll(Arrays.asList(arguments));
        try {
            Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .strip();
            return process.waitFor(SECONDS_MAX, TimeUnit.SECONDS) && process.exitValue() == 0 ? answer : null;
        } catch (IOException noGit) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
