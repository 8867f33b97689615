package io.forebay.engine.manifest;

import io.forebay.engine.manifest.ManifestException.Reason;
import io.forebay.engine.manifest.StoreId.RestoredFrom;
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
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code STORE} in a store's directory: what the store as a whole is, for people and for every Forebay that
 * is to open it, older ones among them. Format, in ASCII, each line ended by a newline:
 * <pre>
 *   forebay-store 1              the format of the whole store
 *   made_by: 0.1.0               the Forebay that made it; unknown: one that wrote no such file
 *   opened_by: 0.1.0             the last one that opened it for writing
 *   id: UUID                     which store it is; an older one gets it when it is opened next
 *   restored_from: UUID SEQ-ID   only of a restored store: see StoreId
 *   part.NAME: 4                 the format of each part (docs/formats.md), ordered by name
 *   crc32c: 1a2b3c4d             of all bytes before this line, eight hexadecimal digits
 * </pre>
 * Of every later format the first line, {@code made_by}, {@code opened_by}, {@code part.NAME} and the last line stay
 * as they are, so that an older Forebay can say what it cannot open; what else is there it passes over. (One of before ids
 * drops the id when it notes that it opened the store; the store then gets another.)
 *
 * <p>Threads: immutable; written only by who has the store's lock.
 *
 * <p>Failure: {@link ManifestException}. Replaced by {@link DurableFiles}: a crash leaves the one before.
 *
 * @param format  of the whole store
 * @param parts   formats of the parts, by name
 * @param id      null of an older store
 */
public record StoreManifest(int format, String madeBy, String openedBy, SortedMap<String, Integer> parts,
        @Nullable StoreId id) {
    public static final String FILE = "STORE";
    /** What a store made by this Forebay has. */
    public static final int FORMAT = 1;
    public static final String UNKNOWN = "unknown";
    private static final String WORD = "forebay-store ";
    private static final String PART = "part.";
    private static final String ID = "id";
    private static final String RESTORED_FROM = "restored_from";
    private static final String CRC = "crc32c: ";
    private static final int BYTES_MAX = 1 << 16;
    /** The newest formats that this Forebay writes; tests compare them with what the parts say themselves. */
    private static final Map<String, Integer> PARTS = Map.of("log", 1, "catalog", 4, "records", 4, "postings",
            1,
            "dead_letters", 1, "idempotency_keys", 1, "vectors", 2, "graph", 1, "imports", 1);

    public StoreManifest {
        parts = new TreeMap<>(parts);
    }

    /** Of a store that this Forebay makes. */
    static StoreManifest current(String madeBy, String openedBy) {
        return new StoreManifest(FORMAT, madeBy, openedBy, new TreeMap<>(PARTS), StoreId.fresh(null));
    }

    /** Of a store that has none. */
    static StoreManifest none() {
        return new StoreManifest(0, UNKNOWN, UNKNOWN, new TreeMap<>(PARTS), null);
    }

    /** As this Forebay notes it when it opens the store. */
    StoreManifest opened(String by) {
        return new StoreManifest(format, madeBy, by, new TreeMap<>(PARTS),
                id == null ? StoreId.fresh(null) : id);
    }

    /** Null when there is none. */
    public static @Nullable StoreManifest read(Path store) {
        return readFile(store.resolve(FILE));
    }

    /** Likewise, wherever it lies. */
    public static @Nullable StoreManifest readFile(Path file) {
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
                values.getOrDefault("made_by", UNKNOWN), values.getOrDefault("opened_by", UNKNOWN), parts,
                id(file, values.get(ID), values.get(RESTORED_FROM)));
    }

    private static @Nullable StoreId id(Path file, @Nullable String id, @Nullable String from) {
        if (id == null) {
            return null;
        }
        try {
            if (from == null) {
                return new StoreId(UUID.fromString(id), null);
            }
            String[] words = from.split(" ", 2);
            return new StoreId(UUID.fromString(id),
                    new RestoredFrom(UUID.fromString(words[0]), Long.parseLong(words[words.length - 1])));
        } catch (IllegalArgumentException e) {
            throw damaged(file, "[" + id + (from == null ? "" : ", " + from) + "] is no id of a store");
        }
    }

    private static int number(Path file, String text) {
        if (!text.matches("[0-9]{1,9}")) {
            throw damaged(file, "[" + text + "] is no version");
        }
        return Integer.parseInt(text);
    }

    private static ManifestException damaged(Path file, String what) {
        return new ManifestException(Reason.DAMAGED, file + " is damaged: " + what
                + ". It says which Forebay made the store, and its id. To go on: put the file back from a backup of this store,"
                + " or, when no newer Forebay than this one (" + ForebayVersion.text()
                + ") has opened the store, move it away; it is then written anew at the next start, and backups need a new"
                + " directory. Then run: forebay check");
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

    /**
     * Makes a store that was restored into this directory one of its own. What a newer Forebay wrote in its manifest
     * stays; one that is damaged stays as it is, for the next opening to tell.
     */
    public static void becomeRestored(Path store, @Nullable RestoredFrom from) {
        String text;
        try {
            text = read(store) == null
                    ? none().body()
                    : Files.readString(store.resolve(FILE), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new ManifestException(Reason.IO, "cannot read " + store.resolve(FILE) + ": " + e, e);
        } catch (ManifestException e) {
            if (e.reason() != Reason.DAMAGED) {
                throw e;
            }
            return;
        }
        StringBuilder body = new StringBuilder();
        text.lines().filter(line -> !line.startsWith(CRC) && !line.startsWith(ID + ": ")
                && !line.startsWith(RESTORED_FROM + ": ")).forEach(line -> body.append(line).append('\n'));
        write(store, body + lines(StoreId.fresh(from)));
    }

    private static String lines(@Nullable StoreId id) {
        if (id == null) {
            return "";
        }
        RestoredFrom from = id.restoredFrom();
        return ID + ": " + id.id() + "\n"
                + (from == null ? "" : RESTORED_FROM + ": " + from.store() + " " + from.seqId() + "\n");
    }

    /** Durable when it returns. */
    void write(Path store) {
        write(store, body());
    }

    private static void write(Path store, String body) {
        try {
            DurableFiles.replace(store.resolve(FILE), ".tmp",
                    (body + crcLine(body)).getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new ManifestException(Reason.IO, "cannot write " + store.resolve(FILE) + ": " + e, e);
        }
    }

    private String body() {
        StringBuilder text = new StringBuilder(WORD).append(format).append('\n').append("made_by: ")
                .append(madeBy).append("\nopened_by: ").append(openedBy).append('\n').append(lines(id));
        parts.forEach((name, version) -> text.append(PART).append(name).append(": ").append(version)
                .append('\n'));
        return text.toString();
    }

    private static String crcLine(String before) {
        CRC32C crc = new CRC32C();
        crc.update(before.getBytes(StandardCharsets.ISO_8859_1));
        return CRC + "%08x".formatted(crc.getValue()) + "\n";
    }
}
