package io.forebay.etl.commit;

import io.forebay.etl.commit.CommitDraft.Counts;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The values in COMMITS. Big-endian; text and what may be absent begin with a byte that says whether it is there, text then
 * is length:4 and UTF-8.
 * <pre>
 *   head    version:1 = 1 | number:8 seqId:8 records:8
 *   draft   version:1 = 1 | job number:8 seqId:8 operations:8 message author revertOf puts:8 written:8 counts
 *   commit  version:1 = 1 | id:32 number:8 parent kind:1 job revertOf message author time:8 counts records:8
 *   counts  inserted:8 updated:8 deleted:8
 *   kind    0 import | 1 implicit | 2 revert
 * </pre>
 */
final class LineCodec {
    private static final byte VERSION = 1;
    private static final CommitInfo.Kind[] KINDS = {CommitInfo.Kind.IMPORT, CommitInfo.Kind.IMPLICIT,
            CommitInfo.Kind.REVERT};

    private LineCodec() {}

    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    private interface Reading<T> {
        T from(DataInputStream in) throws IOException;
    }

    static byte[] encode(Head head) {
        return write(out -> {
            out.writeLong(head.number());
            out.writeLong(head.seqId());
            out.writeLong(head.records());
        });
    }

    static Head head(byte[] value) {
        return read("head", value, in -> new Head(in.readLong(), in.readLong(), in.readLong()));
    }

    static byte[] encode(Draft draft) {
        return write(out -> {
            writeJob(out, draft.job());
            out.writeLong(draft.number());
            out.writeLong(draft.seqId());
            out.writeLong(draft.operations());
            writeText(out, draft.message());
            writeText(out, draft.author());
            writeText(out, draft.revertOf());
            out.writeLong(draft.puts());
            out.writeLong(draft.written());
            writeCounts(out, draft.counts());
        });
    }

    static Draft draft(byte[] value) {
        return read("draft", value, in -> new Draft(readJob(in), in.readLong(), in.readLong(), in.readLong(),
                readText(in), readText(in), readText(in), in.readLong(), in.readLong(), readCounts(in)));
    }

    static byte[] encode(CommitInfo commit) {
        return write(out -> {
            out.write(HexFormat.of().parseHex(commit.id()));
            out.writeLong(commit.number());
            writeText(out, commit.parent());
            out.writeByte(Arrays.asList(KINDS).indexOf(commit.kind()));
            writeJob(out, commit.job());
            writeText(out, commit.revertOf());
            writeText(out, commit.message());
            writeText(out, commit.author());
            out.writeLong(commit.timeMillis());
            writeCounts(out, new Counts(commit.inserted(), commit.updated(), commit.deleted()));
            out.writeLong(commit.records());
        });
    }

    static CommitInfo commit(UUID collection, byte[] value) {
        return read("commit", value, in -> {
            String id = HexFormat.of().formatHex(in.readNBytes(CanonicalRow.HASH_BYTES));
            long number = in.readLong();
            String parent = readText(in);
            CommitInfo.Kind kind = KINDS[in.readByte()];
            UUID job = readJob(in);
            String revertOf = readText(in);
            String message = readText(in);
            String author = readText(in);
            long time = in.readLong();
            Counts counts = readCounts(in);
            return new CommitInfo(id, collection, number, parent, kind, job, revertOf, message, author, time,
                    counts.inserted(), counts.updated(), counts.deleted(), in.readLong());
        });
    }

    private static byte[] write(Writing fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            fields.to(out);
        } catch (IOException e) {
            throw new IllegalStateException("memory does not fail", e);
        }
        return bytes.toByteArray();
    }

    private static <T> T read(String what, byte[] value, Reading<T> fields) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(value))) {
            int version = in.readByte();
            if (version != VERSION) {
                throw new IOException("version " + version + "; this Forebay knows " + VERSION);
            }
            return fields.from(in);
        } catch (IOException | IndexOutOfBoundsException e) {
            throw new ForebayException(ErrorCode.UNAVAILABLE,
                    "A " + what + " of the history cannot be read: " + e.getMessage(), e);
        }
    }

    private static void writeText(DataOutputStream out, @Nullable String text) throws IOException {
        out.writeBoolean(text != null);
        if (text != null) {
            byte[] utf8 = Keys.utf8(text);
            out.writeInt(utf8.length);
            out.write(utf8);
        }
    }

    private static @Nullable String readText(DataInputStream in) throws IOException {
        return in.readBoolean() ? Keys.text(in.readNBytes(in.readInt())) : null;
    }

    private static void writeJob(DataOutputStream out, @Nullable UUID job) throws IOException {
        out.writeBoolean(job != null);
        if (job != null) {
            out.writeLong(job.getMostSignificantBits());
            out.writeLong(job.getLeastSignificantBits());
        }
    }

    private static @Nullable UUID readJob(DataInputStream in) throws IOException {
        return in.readBoolean() ? new UUID(in.readLong(), in.readLong()) : null;
    }

    private static void writeCounts(DataOutputStream out, Counts counts) throws IOException {
        out.writeLong(counts.inserted());
        out.writeLong(counts.updated());
        out.writeLong(counts.deleted());
    }

    private static Counts readCounts(DataInputStream in) throws IOException {
        return new Counts(in.readLong(), in.readLong(), in.readLong());
    }
}
