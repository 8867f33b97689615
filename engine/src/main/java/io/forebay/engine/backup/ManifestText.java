package io.forebay.engine.backup;

import io.forebay.engine.backup.Manifest.Entry;
import io.forebay.engine.snapshot.Snapshot.Extent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A manifest as text. Nothing in it is believed before its checksum is right, and no name in it can lead out of the pool or
 * of the directory in which a store is restored.
 *
 * <p>Format, version 2: lines of words in UTF-8, one space between two words, LF behind each line.
 * <pre>
 *  forebay-backup 2
 *  id ID
 *  store UUID                               "-" when the store has no id
 *  created MILLIS-SINCE-1970
 *  took MILLIS
 *  seq_ids FROM TO
 *  new FILES BYTES
 *  forks SEQ-ID ...
 *  file BYTES CRC32C POOL-NAME IDENTITY EXTENT PREVIOUS FIRST LAST PATH      "- - - -" when it is no extent
 *  ...
 *  end FILES CRC32C                         checksum of all bytes before this line; checksums are 8 hex digits
 * </pre>
 * Version 1 has no line {@code store}, and is read as well.
 */
final class ManifestText {
    private static final String FIRST = "forebay-backup ";
    private static final int VERSION = 2;
    private static final int WITHOUT_STORE = 1;
    private static final String NONE = "-";
    private static final int WORDS_OF_FILE = 10;

    private ManifestText() {}

    static byte[] encode(Manifest manifest) {
        StringBuilder text = new StringBuilder(FIRST).append(VERSION).append('\n');
        text.append("id ").append(manifest.id()).append('\n');
        text.append("store ").append(manifest.store() == null ? NONE : manifest.store()).append('\n');
        text.append("created ").append(manifest.created().toEpochMilli()).append('\n');
        text.append("took ").append(manifest.millis()).append('\n');
        text.append("seq_ids ").append(manifest.fromSeqId()).append(' ').append(manifest.toSeqId())
                .append('\n');
        text.append("new ").append(manifest.newFiles()).append(' ').append(manifest.newBytes()).append('\n');
        text.append("forks");
        manifest.forks().forEach(seqId -> text.append(' ').append(seqId));
        text.append('\n');
        for (Entry entry : manifest.entries()) {
            Extent extent = entry.extent();
            text.append("file ").append(entry.bytes()).append(' ').append(hex(entry.crc32c())).append(' ')
                    .append(entry.pool()).append(' ').append(entry.identity()).append(' ')
                    .append(extent == null
                            ? "- - - -"
                            : extent.number() + " " + extent.previous() + " " + extent.firstSeqId() + " "
                                    + extent.lastSeqId())
                    .append(' ').append(entry.path()).append('\n');
        }
        int crc = crc(text.toString().getBytes(StandardCharsets.UTF_8));
        text.append("end ").append(manifest.entries().size()).append(' ').append(hex(crc)).append('\n');
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** @throws IOException that says what is wrong with it */
    static Manifest decode(byte[] bytes) throws IOException {
        String text = new String(bytes, StandardCharsets.UTF_8);
        int version = version(text);
        int end = text.lastIndexOf("\nend ") + 1;
        if (end == 0 || !text.endsWith("\n")) {
            throw new IOException("it is not whole");
        }
        String[] last = text.substring(end).strip().split(" ", -1);
        String body = text.substring(0, end);
        if (last.length != 3 || !last[2].equals(hex(crc(body.getBytes(StandardCharsets.UTF_8))))) {
            throw new IOException("its checksum is wrong");
        }
        if (version < WITHOUT_STORE || version > VERSION) {
            throw new IOException(
                    "it has version " + version + "; this Forebay knows versions up to " + VERSION);
        }
        try {
            Manifest manifest = manifest(version, body.split("\n", -1));
            if (!last[1].equals(Integer.toString(manifest.entries().size()))) {
                throw new IOException("it names " + manifest.entries().size() + " files and says " + last[1]);
            }
            return manifest;
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IOException("a line of it cannot be read: " + e.getMessage(), e);
        }
    }

    private static int version(String text) throws IOException {
        int line = text.indexOf('\n');
        String version = line > 0 && text.startsWith(FIRST) ? text.substring(FIRST.length(), line) : "";
        if (!version.matches("[0-9]{1,6}")) {
            throw new IOException("it does not begin with " + FIRST.strip());
        }
        return Integer.parseInt(version);
    }

    private static Manifest manifest(int version, String[] lines) {
        int at = 1;
        String id = words(lines[at++], "id", 2)[1];
        if (!id.matches(Manifest.ID_PATTERN)) {
            throw new IllegalArgumentException("id " + id);
        }
        String store = version == WITHOUT_STORE ? NONE : words(lines[at++], "store", 2)[1];
        String created = words(lines[at++], "created", 2)[1];
        String took = words(lines[at++], "took", 2)[1];
        String[] seqIds = words(lines[at++], "seq_ids", 3);
        String[] fresh = words(lines[at++], "new", 3);
        List<Long> forks = Arrays.stream(lines[at++].split(" ", -1)).skip(1).map(Long::valueOf).toList();
        List<Entry> entries = new ArrayList<>();
        for (int i = at; i < lines.length - 1; i++) {
            entries.add(entry(lines[i].split(" ", WORDS_OF_FILE)));
        }
        return new Manifest(id, Instant.ofEpochMilli(Long.parseLong(created)), Long.parseLong(took),
                store.equals(NONE) ? null : UUID.fromString(store), Long.parseLong(seqIds[1]),
                Long.parseLong(seqIds[2]), Long.parseLong(fresh[2]), Integer.parseInt(fresh[1]),
                forks, List.copyOf(entries));
    }

    private static String[] words(String line, String first, int count) {
        String[] words = line.split(" ", -1);
        if (words.length != count || !words[0].equals(first)) {
            throw new IllegalArgumentException(line);
        }
        return words;
    }

    private static Entry entry(String[] words) {
        String path = words[9];
        if (!words[0].equals("file") || !words[3].matches("[0-9A-Za-z][0-9A-Za-z.-]*") || leadsOut(path)) {
            throw new IllegalArgumentException(String.join(" ", words));
        }
        return new Entry(path, words[3], Long.parseLong(words[1]), Integer.parseUnsignedInt(words[2], 16),
                words[4], extent(words));
    }

    private static @Nullable Extent extent(String[] words) {
        return words[5].equals("-")
                ? null
                : new Extent(Integer.parseInt(words[5]), Integer.parseInt(words[6]), Long.parseLong(words[7]),
                        Long.parseLong(words[8]));
    }

    private static boolean leadsOut(String path) {
        Path parsed = Path.of(path);
        return path.isEmpty() || parsed.isAbsolute() || path.contains("\\") || path.contains("//")
                || !parsed.normalize().equals(parsed) || parsed.startsWith("..");
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    static String hex(int crc) {
        return "%08x".formatted(crc);
    }
}
