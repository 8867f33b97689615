package io.forebay.server.cli;

import io.forebay.wal.WalFollower;
import io.forebay.wal.WalFrame;
import io.forebay.wal.WalFrameVisitor;
import io.forebay.wal.WalScan;
import io.forebay.wal.WalTools;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code forebay wal tail}: the newest frames, and those that come. */
@Command(name = "tail",
        description = "Prints the last frames of the log; with --follow also those that come.")
final class WalTailCommand extends WalTool {
    private static final long POLL_MILLIS = 300;

    /** Between two looks. */
    @FunctionalInterface
    interface Pause {
        /** Waits; false to end. */
        boolean again() throws InterruptedException;
    }

    private record Line(WalFrame frame, String type) {}

    @Option(names = "-n", paramLabel = "FRAMES", defaultValue = "10",
            description = "How many frames. Default: ${DEFAULT-VALUE}")
    private int count;

    @Option(names = {"-f", "--follow"}, description = "Goes on until Ctrl-C.")
    private boolean follow;

    @Option(names = "--json", description = "One JSON object a line, for scripts.")
    private boolean json;

    private final Pause pause;

    WalTailCommand() {
        this(() -> {
            CliThreads.pause(POLL_MILLIS);
            return true;
        });
    }

    WalTailCommand(Pause pause) {
        this.pause = pause;
    }

    @Override
    int run(Path log, PrintWriter out) throws InterruptedException {
        ArrayDeque<Line> newest = new ArrayDeque<>();
        WalScan scan = readEnd(log, newest);
        WalFrame last = newest.isEmpty() ? null : newest.getLast().frame();
        if (!json) {
            out.println(WalLines.HEADING);
        }
        newest.stream().skip(Math.max(0, newest.size() - count)).forEach(line -> print(line, out));
        int code = json ? (scan.fine() ? 0 : EXIT_DAMAGED) : damages(scan, out);
        out.flush();
        if (follow) {
            follow(log, last, out);
        }
        return code;
    }

    /** Reads as many extents from the newest on backwards as are needed. */
    private WalScan readEnd(Path log, ArrayDeque<Line> newest) {
        List<Integer> extents = WalTools.extents(log);
        for (int some = 1;; some *= 2) {
            newest.clear();
            int first = extents.isEmpty() ? 0 : extents.get(Math.max(0, extents.size() - some));
            WalScan scan = WalTools.scan(log, first, (frame, payload) -> {
                newest.add(new Line(frame, WalLines.type(frame, payload)));
                if (newest.size() > Math.max(1, count)) {
                    newest.removeFirst();
                }
            });
            if (newest.size() >= Math.max(1, count) || some >= extents.size()) {
                return scan;
            }
        }
    }

    private void follow(Path log, @Nullable WalFrame last, PrintWriter out) throws InterruptedException {
        WalFrameVisitor printing = (frame, payload) -> print(new Line(frame, WalLines.type(frame, payload)),
                out);
        try (WalFollower follower = WalTools.follow(log, last)) {
            while (!out.checkError() && pause.again()) {
                follower.poll(printing);
                String trouble = follower.trouble();
                if (trouble != null) {
                    error(trouble);
                }
                out.flush();
            }
        }
    }

    private void print(Line line, PrintWriter out) {
        out.println(json
                ? WalLines.json(generator -> WalLines.fields(line.frame(), line.type(), generator))
                : WalLines.text(line.frame(), line.type()));
    }
}
