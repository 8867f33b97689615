package io.forebay.client.load;

import io.forebay.model.Operation;
import io.forebay.model.file.DurableFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * How far a load has come, in a file from which it goes on.
 *
 * <p>Format: UTF-8 lines {@code name value}, in this order; the last has the CRC-32C of everything before it.
 * <pre>
 *   forebay-load 1
 *   loader       UUID; begins the idempotency key of every batch
 *   collection   UUID
 *   operation    add | upsert | update
 *   source       name of the file, for people
 *   fingerprint  of the source, see SourceFingerprint; or any line
 *   first        the position with which the load begins
 *   done         ranges of positions that are acknowledged or refused, such as 0-5000 5800-6600
 *   planned      ranges of positions that are batches, perhaps sent
 *   acked        records
 *   refused      records
 *   complete     true | false: the source was read to its end and nothing is missing
 *   millis       when it was written
 *   crc32c       8 hexadecimal digits
 * </pre>
 *
 * <p>Failure: it is replaced by {@link DurableFiles}: there is always a whole one, the old or the new.
 */
public record LoadCheckpoint(UUID loader, UUID collection, Operation operation, String source,
        String fingerprint, long first, List<PositionRange> done, List<PositionRange> planned, long acked,
        long refused, boolean complete, long writtenMillis) {
    private static final String MAGIC = "forebay-load";
    private static final String VERSION = "1";

    public LoadCheckpoint {
        done = List.copyOf(done);
        planned = List.copyOf(planned);
    }

    /** Everything before this position is done. */
    public long contiguous() {
        return new PositionSet(done).endOfRun(first);
    }

    /** Whether it says how far a load into this collection is, with this operation. */
    public boolean isOf(UUID otherCollection, Operation otherOperation) {
        return collection.equals(otherCollection) && operation == otherOperation;
    }

    /** The name of a batch for the server; the same for the same positions in every life of the load. */
    static String key(UUID loader, PositionRange batch) {
        return "load-" + loader + "-" + batch;
    }

    /** @throws IOException that says what is wrong with the file */
    public static LoadCheckpoint read(Path file) throws IOException {
        String text = Files.readString(file);
        int checked = text.lastIndexOf("crc32c ");
        if (!text.startsWith(MAGIC + " ") || checked < 0) {
            throw new IOException(file + " is not a checkpoint of a load");
        }
        if (!text.startsWith(MAGIC + " " + VERSION + "\n")) {
            throw new IOException(file + " is a checkpoint of another version: "
                    + text.lines().findFirst().orElse(""));
        }
        if (!text.substring(checked).strip().equals("crc32c " + checksum(text.substring(0, checked)))) {
            throw new IOException(file + " is damaged: its checksum does not match");
        }
        try {
            return parse(text);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " is damaged: " + e.getMessage());
        }
    }

    private static LoadCheckpoint parse(String text) {
        Map<String, String> fields = new TreeMap<>();
        text.lines().forEach(line -> {
            int space = line.indexOf(' ');
            if (space > 0) {
                fields.put(line.substring(0, space), line.substring(space + 1));
            }
        });
        return new LoadCheckpoint(UUID.fromString(field(fields, "loader")),
                UUID.fromString(field(fields, "collection")),
                Operation.valueOf(field(fields, "operation").toUpperCase(Locale.ROOT)),
                field(fields, "source"), field(fields, "fingerprint"), number(fields, "first"),
                ranges(field(fields, "done")), ranges(field(fields, "planned")), number(fields, "acked"),
                number(fields, "refused"), field(fields, "complete").equals("true"),
                number(fields, "millis"));
    }

    private static String field(Map<String, String> fields, String name) {
        String value = fields.get(name);
        if (value == null) {
            throw new IllegalArgumentException("it has no " + name);
        }
        return value;
    }

    private static long number(Map<String, String> fields, String name) {
        return Long.parseLong(field(fields, name));
    }

    private static List<PositionRange> ranges(String text) {
        List<PositionRange> ranges = new ArrayList<>();
        for (String range : text.strip().split(" ")) {
            if (!range.isEmpty()) {
                int dash = range.indexOf('-');
                ranges.add(new PositionRange(Long.parseLong(range, 0, Math.max(0, dash), 10),
                        Long.parseLong(range, dash + 1, range.length(), 10)));
            }
        }
        return ranges;
    }

    /** Replaces the file, durably. */
    public void write(Path file) throws IOException {
        DurableFiles.replace(file, ".new", text().getBytes(StandardCharsets.UTF_8));
    }

    private String text() {
        String head = MAGIC + " " + VERSION + "\nloader " + loader + "\ncollection " + collection
                + "\noperation " + operation.name().toLowerCase(Locale.ROOT)
                + "\nsource " + source.replace('\n', ' ') + "\nfingerprint " + fingerprint.replace('\n', ' ')
                + "\nfirst " + first + "\ndone " + text(done) + "\nplanned " + text(planned) + "\nacked "
                + acked
                + "\nrefused " + refused + "\ncomplete " + complete + "\nmillis " + writtenMillis + "\n";
        return head + "crc32c " + checksum(head) + "\n";
    }

    private static String text(List<PositionRange> ranges) {
        StringBuilder text = new StringBuilder();
        ranges.forEach(range -> text.append(text.length() == 0 ? "" : " ").append(range));
        return text.toString();
    }

    private static String checksum(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return String.format(Locale.ROOT, "%08x", crc.getValue());
    }
}
