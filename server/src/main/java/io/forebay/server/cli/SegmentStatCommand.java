package io.forebay.server.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.forebay.engine.SegmentTools;
import io.forebay.engine.SegmentTools.Segment;
import io.forebay.engine.SegmentTools.Sizes;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code forebay segment stat}: what is there of each collection. */
@Command(name = "stat", description = {
        "Shows vectors, sizes on disk and the stored graph of each collection. Changes nothing.",
        "Linked are the vectors that a start finds in the stored graph; the others it links again."})
final class SegmentStatCommand extends SegmentTool {
    @Option(names = "--json", description = "One JSON object a line, for scripts.")
    private boolean json;

    @Override
    int run(SegmentTools tools, List<Segment> segments, PrintWriter out) {
        if (!json) {
            out.println(String.format(Locale.ROOT, "%10s %9s %9s %9s %9s %6s %14s %12s %-24s  %s",
                    "collection", "dimension", "ordinals", "live", "linked", "blocks", "vector bytes",
                    "graph bytes", "graph written", "name"));
        }
        int code = 0;
        for (Segment segment : segments) {
            Sizes sizes = tools.sizes(segment);
            code = sizes.graphProblem() == null ? code : EXIT_DAMAGED;
            out.println(json
                    ? WalLines.json(generator -> fields(segment, sizes, generator))
                    : line(segment, sizes));
        }
        return code;
    }

    private static String line(Segment segment, Sizes sizes) {
        return String.format(Locale.ROOT, "%10d %9d %9d %9d %9d %6d %14d %12d %-24s  %s",
                segment.info().number(), segment.info().dimension(), segment.ordinals(), segment.live(),
                Math.min(sizes.graphLinked(), segment.ordinals()), sizes.blocks(), sizes.blockBytes(),
                sizes.graphBytes(),
                sizes.graphProblem() == null ? WalLines.time(sizes.graphTimeMillis()) : "damaged",
                segment.info().name());
    }

    private static void fields(Segment segment, Sizes sizes, JsonGenerator json) throws IOException {
        json.writeNumberField("collection", segment.info().number());
        json.writeStringField("name", segment.info().name());
        json.writeStringField("id", segment.info().id().toString());
        json.writeNumberField("dimension", segment.info().dimension());
        json.writeNumberField("ordinals", segment.ordinals());
        json.writeNumberField("live", segment.live());
        json.writeNumberField("blocks", sizes.blocks());
        json.writeNumberField("block_bytes", sizes.blockBytes());
        json.writeNumberField("graph_bytes", sizes.graphBytes());
        json.writeNumberField("other_bytes", sizes.otherBytes());
        json.writeNumberField("graph_version", sizes.graphVersion());
        json.writeNumberField("graph_linked", sizes.graphLinked());
        json.writeNumberField("graph_nodes", sizes.graphNodes());
        json.writeNumberField("graph_millis", sizes.graphTimeMillis());
        if (sizes.graphProblem() != null) {
            json.writeStringField("graph_problem", sizes.graphProblem());
        }
    }
}
