package io.forebay.server.cli;

import io.forebay.engine.SegmentTools;
import io.forebay.engine.SegmentTools.Report;
import io.forebay.engine.SegmentTools.Segment;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code forebay segment check}: does everything check? */
@Command(name = "check", description = {
        "Compares every live vector with its checksum, and reads and checks the stored graph. Changes nothing.",
        "Exit code 0: fine, 1: damage (a damaged graph is built again by the next start), 2: cannot be read."})
final class SegmentCheckCommand extends SegmentTool {
    @Override
    int run(SegmentTools tools, List<Segment> segments, PrintWriter out) {
        int damaged = 0;
        for (Segment segment : segments) {
            Report report = tools.check(segment);
            out.println(name(segment) + ": " + vectors(report) + "; " + graph(report));
            report.graphProblems().forEach(problem -> out.println("  graph: " + problem));
            damaged += report.fine() ? 0 : 1;
            out.flush();
        }
        out.println(damaged == 0 ? "fine" : damaged + " of " + segments.size() + " collections are damaged");
        return damaged == 0 ? 0 : EXIT_DAMAGED;
    }

    private static String vectors(Report report) {
        String headers = report.damagedHeaders() == 0
                ? ""
                : ", " + report.damagedHeaders() + " files without a right header, which a start mends";
        return report.checked() + " vectors, " + report.damaged() + " damaged" + headers;
    }

    private static String graph(Report report) {
        if (!report.graphStored()) {
            return "no graph stored, a start builds it";
        }
        return report.graphProblems().isEmpty()
                ? "graph of " + report.graphNodes() + " is sound"
                : "graph damaged, a start builds it again";
    }
}
