package io.forebay.server.cli;

import io.forebay.engine.check.CheckReport;
import io.forebay.model.Finding;
import java.util.Locale;

/** How findings and the sum of a check are written: for people, and as JSON, one object a line. */
final class CheckLines {
    private CheckLines() {}

    static WalLines.Fields fields(Finding finding) {
        return json -> {
            json.writeStringField("finding", finding.isDamage() ? "damage" : "note");
            json.writeStringField("code", finding.code());
            json.writeStringField("part", finding.part());
            if (finding.where() != null) {
                json.writeStringField("where", finding.where());
            }
            if (finding.collection() != 0) {
                json.writeNumberField("collection", finding.collection());
            }
            if (finding.name() != null) {
                json.writeStringField("name", finding.name());
            }
            if (finding.id() != null) {
                json.writeStringField("id", finding.id());
            }
            json.writeStringField("what", finding.what());
            json.writeStringField("meaning", finding.meaning());
            json.writeStringField("advice", finding.advice());
            if (finding.rebuild() != null) {
                json.writeStringField("rebuild", finding.rebuild());
            }
        };
    }

    static WalLines.Fields fields(CheckReport report) {
        return json -> {
            json.writeBooleanField("fine", report.fine());
            json.writeNumberField("store_format", report.format());
            json.writeNumberField("log_extents", report.extents());
            json.writeNumberField("log_entries", report.entries());
            json.writeNumberField("next_seq_id", report.nextSeqId());
            json.writeNumberField("pending_entries", report.pendingEntries());
            json.writeNumberField("table_files", report.tableFiles());
            json.writeNumberField("collections", report.collections());
            json.writeNumberField("records", report.records());
            json.writeNumberField("documents", report.documents());
            json.writeNumberField("postings", report.pairs());
            json.writeNumberField("trigrams", report.grams());
            json.writeNumberField("vectors", report.vectors());
            json.writeNumberField("graph_nodes", report.graphNodes());
            json.writeNumberField("damages", report.damages());
            json.writeNumberField("notes", report.notes());
        };
    }

    static String text(CheckReport report) {
        String sum = String.format(Locale.ROOT,
                "looked at: log of %d entries in %d extents (%d not applied), %d tables, %d collections, %d records,"
                        + " %d documents, %d postings, %d trigrams, %d vectors, graphs of %d",
                report.entries(), report.extents(), report.pendingEntries(), report.tableFiles(),
                report.collections(), report.records(), report.documents(), report.pairs(), report.grams(),
                report.vectors(), report.graphNodes());
        String notes = report.notes() == 0 ? "" : ", " + count(report.notes(), "note");
        return sum + System.lineSeparator()
                + (report.fine() ? "fine" + notes : "damaged: " + count(report.damages(), "finding") + notes);
    }

    private static String count(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }
}
