package io.forebay.server.cli;

import io.forebay.engine.SegmentTools;
import io.forebay.engine.SegmentTools.Segment;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;

/** {@code forebay segment rebuild}: builds graphs anew. */
@Command(name = "rebuild", description = {
        "Builds the graph of each collection anew from its vectors, with all cores, and stores it, so that the next",
        "start has it at once. The stored one is deleted first: interrupted, the next start builds it."})
final class SegmentRebuildCommand extends SegmentTool {
    @Override
    int run(SegmentTools tools, List<Segment> segments, PrintWriter out) {
        Umask.restrict();
        for (Segment segment : segments) {
            long start = System.nanoTime();
            int nodes = tools.rebuild(segment);
            out.println(String.format(Locale.ROOT, "%s: graph of %d vectors built and stored in %.1f s",
                    name(segment), nodes, (System.nanoTime() - start) / 1e9));
            out.flush();
        }
        if (segments.isEmpty()) {
            out.println("no collection has vectors in the last checkpoint; nothing was changed");
        }
        return 0;
    }
}
