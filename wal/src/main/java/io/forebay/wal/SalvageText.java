package io.forebay.wal;

import java.nio.file.Path;
import java.time.Instant;
import java.util.stream.Collectors;

/** The text of {@code salvage-report.txt}: for people; its second line is what a start of the store repeats. */
final class SalvageText {
    private SalvageText() {}

    static String of(WalScan scan, Path damaged, long millis) {
        StringBuilder text = new StringBuilder();
        text.append("Salvage of the log ").append(scan.directory()).append(" at ")
                .append(Instant.ofEpochMilli(millis)).append(".\n");
        text.append(summary(scan)).append("\n\n");
        text.append("The log as it was: ").append(damaged).append("\n");
        text.append("Kept: ").append(scan.entries()).append(" entries; the next seqId is ")
                .append(Math.max(1, scan.nextSeqId())).append(".\n");
        if (scan.tornBytes() > 0) {
            text.append("A torn tail of ").append(scan.tornBytes())
                    .append(" bytes was given up as well: it was never acknowledged as durable.\n");
        }
        text.append("\nDamaged places:\n");
        scan.damages().forEach(damage -> text.append("  ").append(damage).append('\n'));
        return text.toString();
    }

    /** What is lost, in one line. */
    static String summary(WalScan scan) {
        if (scan.lost().isEmpty()) {
            return "Lost: nothing; no entry was hit.";
        }
        String ranges = scan.lost().stream().map(WalDamage.Lost::toString).collect(Collectors.joining(", "));
        return "Lost: " + ranges + ".";
    }
}
