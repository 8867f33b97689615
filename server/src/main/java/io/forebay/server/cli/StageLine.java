package io.forebay.server.cli;

import java.io.PrintWriter;

/** What a long command is at, on one line of the terminal that the next one overwrites; nothing where nobody looks on. */
final class StageLine {
    private final PrintWriter err;
    private final boolean shown;
    private int width;

    StageLine(PrintWriter err, boolean shown) {
        this.err = err;
        this.shown = shown;
    }

    void at(String stage) {
        if (shown) {
            String text = Terminal.cut("looking at: " + stage, Terminal.width() - 1);
            err.print("\r" + text + " ".repeat(Math.max(0, width - text.length())));
            err.flush();
            width = text.length();
        }
    }

    /** Before anything else is printed. */
    void clear() {
        if (shown && width > 0) {
            err.print("\r" + " ".repeat(width) + "\r");
            err.flush();
            width = 0;
        }
    }
}
