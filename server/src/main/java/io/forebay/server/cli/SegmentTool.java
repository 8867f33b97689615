package io.forebay.server.cli;

import io.forebay.engine.SegmentTools;
import io.forebay.engine.SegmentTools.Segment;
import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * What the tools for vector segments have in common: which collections.
 *
 * <p>Failure: what cannot be read, or is in use, is one line on standard error and exit code 2.
 */
abstract class SegmentTool extends WholeStoreTool {
    @Option(names = "--collection", paramLabel = "NAME",
            description = "Only collections of this name or number.")
    private @Nullable String collection;

    /** What the tool does; returns the exit code. */
    abstract int run(SegmentTools tools, List<Segment> segments, PrintWriter out);

    @Override
    public final Integer call() {
        return work(true, (store, out, line) -> {
            try (SegmentTools tools = SegmentTools.open(store)) {
                return run(tools, out);
            }
        });
    }

    private int run(SegmentTools tools, PrintWriter out) {
        List<Segment> chosen = tools.segments().stream().filter(this::isMeant).toList();
        return chosen.isEmpty() && collection != null
                ? cannot("no collection " + collection + " with vectors in the last checkpoint")
                : run(tools, chosen, out);
    }

    private boolean isMeant(Segment segment) {
        return collection == null || segment.info().name().equals(collection)
                || Integer.toString(segment.info().number()).equals(collection);
    }

    static String name(Segment segment) {
        return "collection " + segment.info().number() + " (" + segment.info().name() + ")";
    }
}
