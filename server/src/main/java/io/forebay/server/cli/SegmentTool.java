package io.forebay.server.cli;

import io.forebay.engine.SegmentTools;
import io.forebay.engine.SegmentTools.Segment;
import io.forebay.model.ForebayException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * What the tools for vector segments have in common: which store, which collections, and the exit codes.
 *
 * <p>Failure: what cannot be read, or is in use, is one line on standard error and exit code 2.
 */
abstract class SegmentTool extends StoreTool {
    @Parameters(index = "0", arity = "0..1", paramLabel = "DIR",
            description = "Directory of the store. Default: the configured server.path")
    private @Nullable Path directory;

    @Option(names = "--collection", paramLabel = "NAME",
            description = "Only collections of this name or number.")
    private @Nullable String collection;

    /** What the tool does; returns the exit code. */
    abstract int run(SegmentTools tools, List<Segment> segments, PrintWriter out);

    @Override
    public final Integer call() {
        PrintWriter out = out();
        try (SegmentTools tools = SegmentTools.open(store(directory))) {
            List<Segment> chosen = tools.segments().stream().filter(this::isMeant).toList();
            if (chosen.isEmpty() && collection != null) {
                return cannot("no collection " + collection + " with vectors in the last checkpoint");
            }
            return run(tools, chosen, out);
        } catch (ForebayException refused) {
            return cannot(refused.getMessage());
        } finally {
            out.flush();
        }
    }

    private boolean isMeant(Segment segment) {
        return collection == null || segment.info().name().equals(collection)
                || Integer.toString(segment.info().number()).equals(collection);
    }

    static String name(Segment segment) {
        return "collection " + segment.info().number() + " (" + segment.info().name() + ")";
    }
}
