package io.forebay.server.cli;

import java.io.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is known of the terminal. */
final class Terminal {
    private static final int WIDTH_DEFAULT = 100;
    private static final int WIDTH_MIN = 40;
    private static final Pattern SIZE = Pattern.compile("\\d+ (\\d+)");

    private Terminal() {}

    /** Whether a person looks on: then things may be drawn over. */
    static boolean isInteractive() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    /** In columns: what the shell says, or the terminal itself; where there is none, enough for a table. */
    static int width() {
        String told = System.getenv("COLUMNS");
        if (told != null && told.matches("\\d{1,4}")) {
            return Math.max(WIDTH_MIN, Integer.parseInt(told));
        }
        return isInteractive() ? measured() : WIDTH_DEFAULT;
    }

    private static int measured() {
        try {
            Process stty = new ProcessBuilder("stty", "size").redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .start();
            String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            Matcher matcher = SIZE.matcher(size.strip());
            return matcher.matches()
                    ? Math.max(WIDTH_MIN, Integer.parseInt(matcher.group(1)))
                    : WIDTH_DEFAULT;
        } catch (IOException noSuchProgram) {
            return WIDTH_DEFAULT;
        }
    }

    static String cut(String text, int width) {
        return text.length() <= width ? text : text.substring(0, width - 3) + "...";
    }
}
