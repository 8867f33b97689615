package io.forebay.server.cli;

import io.forebay.wal.WalDamage;
import io.forebay.wal.WalExtentInfo;
import io.forebay.wal.WalOwner;
import io.forebay.wal.WalScan;
import io.forebay.wal.WalTools;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code forebay wal verify}: does everything check? */
@Command(name = "verify", description = {
        "Checks every frame's checksum and the chain of seqIds and extents, as a start of the store does.",
        "Exit code 0: fine (a torn tail is counted and is no damage), 1: damage, 2: cannot be read."})
final class WalVerifyCommand extends WalTool {
    @Option(names = "--json", description = "One JSON object a line: each damaged place, then the sum.")
    private boolean json;

    @Override
    int run(Path log, PrintWriter out) {
        WalScan scan = WalTools.scan(log, (frame, payload) -> {});
        if (json) {
            scan.damages().forEach(damage -> out.println(WalLines.json(fields(damage))));
            out.println(WalLines.json(sum(scan)));
            return scan.fine() ? 0 : EXIT_DAMAGED;
        }
        long used = scan.extents().stream().filter(WalExtentInfo::used).count();
        out.println(String.format(Locale.ROOT, "%s: %d extents in use, %d entries, next seqId %d", log, used,
                scan.entries(), Math.max(1, scan.nextSeqId())));
        for (WalExtentInfo extent : scan.extents()) {
            if (extent.used() && extent.sizeBytes() < extent.madeBytes()) {
                out.println(
                        "note: " + extent.file() + " has " + extent.sizeBytes() + " bytes and was made with "
                                + extent.madeBytes());
            }
        }
        if (scan.tornBytes() > 0) {
            boolean running = WalTools.owner(log).state() == WalOwner.State.HELD;
            out.println(running
                    ? "moving end: " + scan.tornBytes() + " bytes were being written"
                    : "torn tail: " + scan.tornBytes() + " bytes, never acknowledged as durable; no damage");
        }
        int code = damages(scan, out);
        if (code == 0) {
            out.println("fine");
        } else {
            out.println(scan.damages().size() + " damaged places, " + scan.lostSeqIds()
                    + " seqIds lost; to go on without them: forebay wal salvage " + log);
        }
        return code;
    }

    static WalLines.Fields fields(WalDamage damage) {
        return json -> {
            json.writeStringField("damage", damage.reason());
            json.writeStringField("file", damage.file().toString());
            json.writeNumberField("extent", damage.extent());
            json.writeNumberField("from", damage.from());
            json.writeNumberField("to", damage.to());
            if (damage.lostToSeqId() >= damage.lostFromSeqId()) {
                json.writeNumberField("lost_from_seq_id", damage.lostFromSeqId());
                json.writeNumberField("lost_to_seq_id", damage.lostToSeqId());
            }
            json.writeArrayFieldStart("collections");
            for (int collection : damage.collections().stream().sorted().toList()) {
                json.writeNumber(collection);
            }
            json.writeEndArray();
        };
    }

    private static WalLines.Fields sum(WalScan scan) {
        return json -> {
            json.writeBooleanField("fine", scan.fine());
            json.writeNumberField("extents", scan.extents().stream().filter(WalExtentInfo::used).count());
            json.writeNumberField("entries", scan.entries());
            json.writeNumberField("next_seq_id", Math.max(1, scan.nextSeqId()));
            json.writeNumberField("torn_bytes", scan.tornBytes());
            json.writeNumberField("damaged_places", scan.damages().size());
            json.writeNumberField("lost_seq_ids", scan.lostSeqIds());
        };
    }
}
