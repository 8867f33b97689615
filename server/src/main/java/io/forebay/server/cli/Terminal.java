package io.forebay.server.cli;

import java.io.Console;

/** What is known of the terminal. */
final class Terminal {
    private Terminal() {}

    /** Whether a person looks on: then things may be drawn over. */
    static boolean isInteractive() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    static String cut(String text, int width) {
        return text.length() <= width ? text : text.substring(0, width - 3) + "...";
    }
}
