package io.forebay.etl.job;

import io.forebay.etl.embed.TraceContext;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.Space;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The binary form of what the families JOBS and ERRORS hold: a version byte, then the fields in the order of this class;
 * texts are UTF-8 behind their length (-1 for null), numbers big-endian. RocksDB has the checksums.
 *
 * What was asked for ends with the trace, two texts, which rows of earlier Forebays do not have, and which those do
 * not read. It has version 2 where it names a space, which stands behind the trace; all else has version 1.
 */
final class JobCodec {
    private static final byte VERSION = 1;
    private static final byte WITH_SPACE = 2;
    private static final int SPOOLED = 1;
    private static final int REMOTE = 2;
    private static final int PAGED = 3;
    private static final int AWAITED = 4;
    private static final int UNDO = 5;

    private JobCodec() {}

    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    private interface Reading<T> {
        T from(DataInputStream in) throws IOException;
    }

    private static byte[] write(Writing content) {
        return write(VERSION, content);
    }

    private static byte[] write(byte version, Writing content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(version);
            content.to(out);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    private static <T> T read(byte[] bytes, Reading<T> content) {
        return read(bytes, VERSION, content);
    }

    private static <T> T read(byte[] bytes, byte versionMax, Reading<T> content) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            byte version = in.readByte();
            if (version < VERSION || version > versionMax) {
                throw new IOException("version " + version);
            }
            return content.from(in);
        } catch (IOException | RuntimeException e) {
            throw new ForebayException(ErrorCode.INTERNAL,
                    "A row of the import database is damaged or newer than this Forebay: " + e, e);
        }
    }

    // ---- what was asked for ----

    record Asked(ImportRequest request, long createdMillis, @Nullable UUID retryOf) {}

    static byte[] bytes(Asked asked) {
        ImportRequest r = asked.request();
        Space space = r.space();
        return write(space == null ? VERSION : WITH_SPACE, out -> {
            out.writeLong(asked.createdMillis());
            uuid(out, asked.retryOf());
            text(out, r.tenant());
            text(out, r.database());
            text(out, r.collection());
            source(out, r.source());
            text(out, r.connection());
            text(out, r.model());
            texts(out, r.schema().textFields());
            text(out, r.schema().idField());
            texts(out, r.schema().metadataFields());
            text(out, r.schema().embeddingField());
            out.writeBoolean(r.onDuplicate() == OnDuplicate.UPDATE);
            text(out, r.message());
            text(out, r.author());
            text(out, r.client());
            text(out, r.trace().traceparent());
            text(out, r.trace().tracestate());
            if (space != null) {
                text(out, space.wireName());
            }
        });
    }

    static Asked asked(byte[] bytes) {
        boolean hasSpace = bytes.length > 0 && bytes[0] == WITH_SPACE;
        return read(bytes, WITH_SPACE, in -> {
            long created = in.readLong();
            UUID retryOf = uuid(in);
            String tenant = present(in);
            String database = present(in);
            String collection = present(in);
            JobSource source = source(in);
            String connection = text(in);
            String model = text(in);
            List<String> textFields = texts(in);
            String idField = text(in);
            List<String> metadataFields = texts(in);
            String embeddingField = text(in);
            ImportSchema schema = new ImportSchema(textFields == null ? List.of() : textFields, idField,
                    metadataFields, embeddingField);
            OnDuplicate onDuplicate = in.readBoolean() ? OnDuplicate.UPDATE : OnDuplicate.SKIP;
            String message = text(in);
            String author = text(in);
            String client = present(in);
            TraceContext trace = trace(in);
            Space space = hasSpace ? Space.of(present(in)) : null;
            return new Asked(new ImportRequest(tenant, database, collection, space, source, connection, model,
                    schema, onDuplicate, message, author, client, trace), created, retryOf);
        });
    }

    private static TraceContext trace(DataInputStream in) throws IOException {
        return in.available() == 0 ? TraceContext.NONE : new TraceContext(text(in), text(in));
    }

    private static void source(DataOutputStream out, JobSource source) throws IOException {
        switch (source) {
            case JobSource.Spooled s -> {
                out.writeByte(SPOOLED);
                text(out, s.fileName());
                text(out, s.file());
                text(out, s.sideName());
                text(out, s.sideFile());
                text(out, s.charset());
            }
            case JobSource.Remote r -> {
                out.writeByte(REMOTE);
                text(out, r.url());
                text(out, r.charset());
            }
            case JobSource.Paged p -> {
                out.writeByte(PAGED);
                text(out, p.api());
                out.writeInt(p.parameters().size());
                for (Map.Entry<String, String> entry : p.parameters().entrySet()) {
                    text(out, entry.getKey());
                    text(out, entry.getValue());
                }
            }
            case JobSource.Awaited a -> {
                out.writeByte(AWAITED);
                text(out, a.key());
                text(out, a.fileName());
                out.writeLong(a.expiresMillis());
            }
            case JobSource.Undo u -> {
                out.writeByte(UNDO);
                text(out, u.commit());
                out.writeBoolean(u.force());
            }
        }
    }

    private static JobSource source(DataInputStream in) throws IOException {
        int kind = in.readByte();
        return switch (kind) {
            case SPOOLED -> new JobSource.Spooled(present(in), present(in), text(in), text(in), text(in));
            case REMOTE -> new JobSource.Remote(present(in), text(in));
            case PAGED -> {
                String api = present(in);
                Map<String, String> parameters = new LinkedHashMap<>();
                for (int i = in.readInt(); i > 0; i--) {
                    String name = present(in);
                    parameters.put(name, present(in));
                }
                yield new JobSource.Paged(api, parameters);
            }
            case AWAITED -> new JobSource.Awaited(present(in), present(in), in.readLong());
            case UNDO -> new JobSource.Undo(present(in), in.readBoolean());
            default -> throw new IOException("source " + kind);
        };
    }

    // ---- where it stands ----

    static byte[] bytes(JobStatus s) {
        return write(out -> {
            out.writeByte(s.state.ordinal());
            text(out, s.phase);
            text(out, s.stage);
            out.writeByte(s.endingAs == null ? -1 : s.endingAs.ordinal());
            out.writeLong(s.lastLine);
            uuid(out, s.collectionId);
            text(out, s.fetchedName);
            text(out, s.afterId);
            for (long number : new long[]{s.startedMillis, s.endedMillis, s.workedMillis, s.nextOrdinal,
                    s.intendedOrdinal, s.processed, s.total, s.bytesProcessed, s.bytesTotal, s.batches,
                    s.inserted,
                    s.updated, s.deleted, s.skipped, s.failed, s.embedded, s.fromCache, s.lastSeqId,
                    s.errorOrdinal, s.errorLine}) {
                out.writeLong(number);
            }
            text(out, s.error);
            text(out, s.failedAt);
            text(out, s.commit);
            out.writeInt(s.memory.size());
            for (Job.MemoryMark mark : s.memory) {
                text(out, mark.phase());
                out.writeLong(mark.rss());
                out.writeLong(mark.heap());
                out.writeLong(mark.rssPeak());
                out.writeLong(mark.rssMean());
            }
        });
    }

    static JobStatus status(byte[] bytes) {
        return read(bytes, in -> {
            JobStatus s = new JobStatus();
            s.state = JobState.values()[in.readByte()];
            s.phase = present(in);
            s.stage = present(in);
            int ending = in.readByte();
            s.endingAs = ending < 0 ? null : JobState.values()[ending];
            s.lastLine = in.readLong();
            s.collectionId = uuid(in);
            s.fetchedName = text(in);
            s.afterId = text(in);
            s.startedMillis = in.readLong();
            s.endedMillis = in.readLong();
            s.workedMillis = in.readLong();
            s.nextOrdinal = in.readLong();
            s.intendedOrdinal = in.readLong();
            s.processed = in.readLong();
            s.total = in.readLong();
            s.bytesProcessed = in.readLong();
            s.bytesTotal = in.readLong();
            s.batches = in.readLong();
            s.inserted = in.readLong();
            s.updated = in.readLong();
            s.deleted = in.readLong();
            s.skipped = in.readLong();
            s.failed = in.readLong();
            s.embedded = in.readLong();
            s.fromCache = in.readLong();
            s.lastSeqId = in.readLong();
            s.errorOrdinal = in.readLong();
            s.errorLine = in.readLong();
            s.error = text(in);
            s.failedAt = present(in);
            s.commit = text(in);
            s.memory = new ArrayList<>();
            for (int i = in.readInt(); i > 0; i--) {
                s.memory.add(new Job.MemoryMark(present(in), in.readLong(), in.readLong(), in.readLong(),
                        in.readLong()));
            }
            return s;
        });
    }

    // ---- what failed ----

    static byte[] bytes(DocumentError error) {
        return write(out -> {
            out.writeLong(error.ordinal());
            out.writeLong(error.line());
            text(out, error.sheet());
            text(out, error.id());
            text(out, error.reason());
        });
    }

    static DocumentError error(byte[] bytes) {
        return read(bytes,
                in -> new DocumentError(in.readLong(), in.readLong(), text(in), text(in), present(in)));
    }

    // ---- parts ----

    private static void text(DataOutputStream out, @Nullable String value) throws IOException {
        if (value == null) {
            out.writeInt(-1);
            return;
        }
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static @Nullable String text(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0) {
            return null;
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new IOException("cut short");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static String present(DataInputStream in) throws IOException {
        String value = text(in);
        if (value == null) {
            throw new IOException("a text is missing");
        }
        return value;
    }

    private static void texts(DataOutputStream out, @Nullable List<String> values) throws IOException {
        out.writeInt(values == null ? -1 : values.size());
        if (values != null) {
            for (String value : values) {
                text(out, value);
            }
        }
    }

    private static @Nullable List<String> texts(DataInputStream in) throws IOException {
        int count = in.readInt();
        if (count < 0) {
            return null;
        }
        List<String> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(present(in));
        }
        return values;
    }

    private static void uuid(DataOutputStream out, @Nullable UUID id) throws IOException {
        out.writeBoolean(id != null);
        if (id != null) {
            out.writeLong(id.getMostSignificantBits());
            out.writeLong(id.getLeastSignificantBits());
        }
    }

    private static @Nullable UUID uuid(DataInputStream in) throws IOException {
        return in.readBoolean() ? new UUID(in.readLong(), in.readLong()) : null;
    }
}
