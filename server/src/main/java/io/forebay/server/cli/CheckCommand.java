package io.forebay.server.cli;

import io.forebay.engine.check.CheckReport;
import io.forebay.engine.check.StoreCheck;
import io.forebay.etl.ImportCheck;
import io.forebay.model.Finding;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code forebay check}: is the whole store sound? */
@Command(name = "check", description = {
        "Looks at all of a stopped store and writes nothing: manifest, log, RocksDB's files, catalog, records with",
        "their ids, documents and postings, vectors, graphs, dead letters, idempotency keys, imports and commits.",
        "One line per finding, then a sum. Exit code 0: fine, 1: damage, 2: cannot look (in use, no store, newer)."})
final class CheckCommand extends WholeStoreTool {
    @Option(names = "--json", description = "One JSON object a line: each finding, then the sum.")
    private boolean json;

    @Override
    public Integer call() {
        return work(json, (store, out, line) -> run(store, out, line, json).fine() ? 0 : EXIT_DAMAGED);
    }

    /** Prints findings as they come, then the sum. */
    static CheckReport run(Path store, PrintWriter out, StageLine line, boolean json) {
        CheckReport report = StoreCheck.run(store, finding -> print(finding, out, line, json), line::at,
                ImportCheck::run);
        line.clear();
        out.println(json ? WalLines.json(CheckLines.fields(report)) : CheckLines.text(report));
        return report;
    }

    private static void print(Finding finding, PrintWriter out, StageLine line, boolean json) {
        line.clear();
        out.println(json ? WalLines.json(CheckLines.fields(finding)) : finding.toString());
        out.flush();
    }
}
