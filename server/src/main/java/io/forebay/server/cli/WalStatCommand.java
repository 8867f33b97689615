package io.forebay.server.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.forebay.wal.WalExtentInfo;
import io.forebay.wal.WalOwner;
import io.forebay.wal.WalScan;
import io.forebay.wal.WalTools;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code forebay wal stat}: what is in a log. */
@Command(name = "stat", description = {
        "Shows extents, entries, seqIds, times and bytes per collection of the log.",
        "Which extents a purge may delete is not known here: that depends on what the store has checkpointed."})
final class WalStatCommand extends WalTool {
    @Option(names = "--json", description = "One JSON object, for scripts.")
    private boolean json;

    @Override
    int run(Path log, PrintWriter out) {
        WalOwner owner = WalTools.owner(log);
        WalScan scan = WalTools.scan(log, (frame, payload) -> {});
        List<WalExtentInfo> used = scan.extents().stream().filter(WalExtentInfo::used).toList();
        if (json) {
            out.println(WalLines.json(generator -> fields(scan, owner, used, generator)));
            return scan.fine() ? 0 : EXIT_DAMAGED;
        }
        int ahead = scan.extents().size() - used.size();
        line(out, "log", log.toString());
        line(out, "in use", switch (owner.state()) {
            case HELD -> "by process " + owner.pid();
            case FREE -> "no";
            case UNSURE -> "perhaps: there is a process " + owner.pid();
        });
        line(out, "extents", used.size() + " in use, " + ahead + " made ahead, " + scan.purgedBetween().size()
                + " purged between kept ones");
        line(out, "entries", Long.toString(scan.entries()));
        line(out, "seqIds", seqIds(first(used), last(used)) + ", next " + Math.max(1, scan.nextSeqId()));
        line(out, "on disk", sizes(scan.extents()) + " bytes");
        line(out, "torn", scan.tornBytes() + " bytes");
        line(out, "damage", scan.fine()
                ? "none"
                : scan.damages().size() + " places; see: forebay wal verify " + log);
        table(used, out);
        out.println();
        out.println(String.format(Locale.ROOT, "%10s %14s", "collection", "bytes"));
        byCollection(used).forEach((collection, bytes) -> out
                .println(String.format(Locale.ROOT, "%10d %14d", collection, bytes)));
        scan.skipped().forEach(number -> out.println("skipped: extent " + number + " was purged meanwhile"));
        return scan.fine() ? 0 : EXIT_DAMAGED;
    }

    private static void line(PrintWriter out, String name, String value) {
        out.println(String.format(Locale.ROOT, "%-8s %s", name, value));
    }

    private static void table(List<WalExtentInfo> used, PrintWriter out) {
        out.println();
        out.println(String
                .format(Locale.ROOT, "%6s %12s %12s %8s %8s %21s  %-24s  %-24s", "extent", "size", "end",
                        "frames", "entries", "seqIds", "first", "last")
                .stripTrailing());
        for (WalExtentInfo extent : used) {
            out.println(String.format(Locale.ROOT, "%6d %12d %12d %8d %8d %21s  %-24s  %-24s",
                    extent.number(),
                    extent.sizeBytes(), extent.endBytes(), extent.frames(), extent.entries(),
                    seqIds(extent.firstSeqId(), extent.lastSeqId()), WalLines.time(extent.firstMillis()),
                    WalLines.time(extent.lastMillis())).stripTrailing());
        }
    }

    private static String seqIds(long first, long last) {
        return first == 0 ? "none" : first + " to " + last;
    }

    private static long first(List<WalExtentInfo> used) {
        return used.stream().mapToLong(WalExtentInfo::firstSeqId).filter(seqId -> seqId > 0).findFirst()
                .orElse(0);
    }

    private static long last(List<WalExtentInfo> used) {
        return used.stream().mapToLong(WalExtentInfo::lastSeqId).max().orElse(0);
    }

    private static long sizes(List<WalExtentInfo> all) {
        return all.stream().mapToLong(WalExtentInfo::sizeBytes).sum();
    }

    private static Map<Integer, Long> byCollection(List<WalExtentInfo> used) {
        Map<Integer, Long> all = new TreeMap<>();
        used.forEach(extent -> extent.bytesByCollection()
                .forEach((collection, bytes) -> all.merge(collection, bytes, Long::sum)));
        return all;
    }

    private static void fields(WalScan scan, WalOwner owner, List<WalExtentInfo> used, JsonGenerator json)
            throws IOException {
        json.writeStringField("log", scan.directory().toString());
        json.writeStringField("owner", owner.state().name().toLowerCase(Locale.ROOT));
        json.writeNumberField("pid", owner.pid());
        json.writeNumberField("entries", scan.entries());
        json.writeNumberField("first_seq_id", first(used));
        json.writeNumberField("last_seq_id", last(used));
        json.writeNumberField("next_seq_id", Math.max(1, scan.nextSeqId()));
        json.writeNumberField("bytes_on_disk", sizes(scan.extents()));
        json.writeNumberField("torn_bytes", scan.tornBytes());
        json.writeNumberField("damaged_places", scan.damages().size());
        json.writeNumberField("extents_ahead", scan.extents().size() - used.size());
        json.writeArrayFieldStart("extents");
        for (WalExtentInfo extent : used) {
            json.writeStartObject();
            json.writeNumberField("number", extent.number());
            json.writeNumberField("size_bytes", extent.sizeBytes());
            json.writeNumberField("end_bytes", extent.endBytes());
            json.writeNumberField("frames", extent.frames());
            json.writeNumberField("entries", extent.entries());
            json.writeNumberField("first_seq_id", extent.firstSeqId());
            json.writeNumberField("last_seq_id", extent.lastSeqId());
            json.writeNumberField("first_millis", extent.firstMillis());
            json.writeNumberField("last_millis", extent.lastMillis());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeObjectFieldStart("bytes_by_collection");
        for (Map.Entry<Integer, Long> one : byCollection(used).entrySet()) {
            json.writeNumberField(one.getKey().toString(), one.getValue());
        }
        json.writeEndObject();
    }
}
