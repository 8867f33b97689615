package io.forebay.engine.manifest;

import io.forebay.engine.manifest.ManifestException.Reason;
import io.forebay.model.file.DurableFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code STORE} in a store's directory: what the store as a whole is, for people and for every Forebay that
 * is to open it, older ones among them. Format, in ASCII, each line ended by a newline:
 * <pre>
 *   forebay-store 1              the format of the whole store
 *   made_by: 0.1.0               the Forebay that made it; unknown: one that wrote no such file
 *   opened_by: 0.1.0             the last one that opened it for writing
 *   part.NAME: 4                 the format of each part (docs/formats.md), ordered by name
 *   crc32c: 1a2b3c4d             of all bytes before this line, eight hexadecimal digits
 * </pre>
 * Of every later format the first line, {@code made_by}, {@code opened_by}, {@code part.NAME} and the last line stay
 * as they are, so that an older Forebay can say what it cannot open; what else is there it passes over.
 *
 * <p>Threads: immutable; written only by who has the store's lock.
 *
 * <p>Failure: {@link ManifestException}. Replaced by {@link DurableFiles}: a crash leaves the one before.
 *
 * @param format  of the whole store
 * @param parts   formats of the parts, by name
 */
public record StoreManifest(int format, String madeBy, String openedBy, SortedMap<String, Integer> parts) {
    public static final String FILE = "STORE";
    /** What a store made by this Forebay has. */
    public static final int FORMAT = 1;
    public static final String UNKNOWN = "unknown";
    private static final String WORD = "forebay-store ";
    private static final String PART = "part.";
    private static final String CRC = "crc32c: ";
    private static final int BYTES_MAX = 1 << 16;
    /** The newest formats that this Forebay writes; tests compare them with what the parts say themselves. */
    private static final Map<String, Integer> PARTS = Map.of("log", 1, "catalog", 4, "records", 4, "postings",
            1,
            "dead_letters", 1, "idempotency_keys", 1, "vectors", 2, "graph", 1, "imports", 1);

    public StoreManifest {
        parts = new TreeMap<>(parts);
    }

    /** Of a store that this Forebay makes or has brought up to date. */
    static StoreManifest current(String madeBy, String openedBy) {
        return new StoreManifest(FORMAT, madeBy, openedBy, new TreeMap<>(PARTS));
    }

    /** Null when there is none. */
    public static @Nullable StoreManifest read(Path store) {
        Path file = store.resolve(FILE);
        try {
            if (Files.exists(file) && Files.size(file) > BYTES_MAX) {
                throw damaged(file, "it has " + Files.size(file) + " bytes");
            }
            return parse(file, Files.readString(file, StandardCharsets.ISO_8859_1));
        } catch (NoSuchFileException none) {
            return null;
        } catch (IOException e) {
            throw new ManifestException(Reason.IO, "cannot read " + file + ": " + e, e);
        }
    }

    private static StoreManifest parse(Path file, String text) {
        int end = text.lastIndexOf(CRC);
        if (!text.startsWith(WORD) || end < 0) {
            throw damaged(file, "it does not begin with '" + WORD.strip() + "' and end with a checksum");
        }
        if (!text.substring(end).equals(crcLine(text.substring(0, end)))) {
            throw damaged(file, "its checksum does not match");
        }
        List<String> lines = text.substring(0, end).lines().toList();
        SortedMap<String, Integer> parts = new TreeMap<>();
        Map<String, String> values = new HashMap<>();
        for (String line : lines.subList(1, lines.size())) {
            int colon = line.indexOf(": ");
            if (colon > 0) {
                values.put(line.substring(0, colon), line.substring(colon + 2));
            }
        }
        values.forEach((key, value) -> {
            if (key.startsWith(PART)) {
                parts.put(key.substring(PART.length()), number(file, value));
            }
        });
        return new StoreManifest(number(file, lines.getFirst().substring(WORD.length())),
                values.getOrDefault("made_by", UNKNOWN), values.getOrDefault("opened_by", UNKNOWN), parts);
    }

    private static int number(Path file, String text) {
        if (!text.matches("[0-9]{1,9}")) {
            throw damaged(file, "[" + text + "] is no version");
        }
        return Integer.parseInt(text);
    }

    private static ManifestException damaged(Path file, String what) {
        return new ManifestException(Reason.DAMAGED, file + " is damaged: " + what
                + ". It only says which Forebay made the store. To go on: put the file back from a backup, or, when no newer"
                + " Forebay than this one (" + ForebayVersion.text()
                + ") has opened the store, move it away; it is then written anew at the next start. Then run: forebay check");
    }

    /**
     * Refuses what this Forebay does not know.
     *
     * @throws ManifestException NEWER
     */
    void refuseNewer(Path store, int known) {
        StringBuilder newer = new StringBuilder();
        if (format > known) {
            newer.append("store format ").append(format).append(" (this one knows up to ").append(known)
                    .append(')');
        }
        parts.forEach((name, version) -> {
            Integer mine = PARTS.get(name);
            if (mine == null || version > mine) {
                newer.append(newer.isEmpty() ? "" : ", ").append(name).append(" format ").append(version)
                        .append(mine == null
                                ? " (not known to this one)"
                                : " (this one knows up to " + mine + ")");
            }
        });
        if (!newer.isEmpty()) {
            throw new ManifestException(Reason.NEWER, store + " was written by a newer Forebay: " + newer
                    + ". It was last opened by Forebay " + openedBy + "; this is " + ForebayVersion.text()
                    + ". Use Forebay " + openedBy
                    + " or newer, or restore a backup that was made before the upgrade. Nothing was changed");
        }
    }

    /** Durable when it returns. */
    void write(Path store) {
        try {
            DurableFiles.replace(store.resolve(FILE), ".tmp", text().getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new ManifestException(Reason.IO, "cannot write " + store.resolve(FILE) + ": " + e, e);
        }
    }

    private String text() {
        StringBuilder text = new StringBuilder(WORD).append(format).append('\n').append("made_by: ")
                .append(madeBy).append("\nopened_by: ").append(openedBy).append('\n');
        parts.forEach((name, version) -> text.append(PART).append(name).append(": ").append(version)
                .append('\n'));
        return text.append(crcLine(text.toString())).toString();
    }

    private static String crcLine(String before) {
        CRC32C crc = new CRC32C();
        crc.update(before.getBytes(StandardCharsets.ISO_8859_1));
        return CRC + "%08x".formatted(crc.getValue()) + "\n";
    }
}
