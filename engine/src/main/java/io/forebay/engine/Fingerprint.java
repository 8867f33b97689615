package io.forebay.engine;

import io.forebay.model.DeleteRequest;
import io.forebay.model.MetadataCodec;
import io.forebay.model.MetadataValue;
import io.forebay.model.RecordBatch;
import io.forebay.model.Where;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A checksum (CRC32C) of what a request asks for, to find out when one idempotency key comes with two requests. Of a
 * batch that is logged as it came it is the checksum of its bytes; of a delete by ids and filter that of the request, not
 * of what it found, because a retry finds nothing any more. The latter is kept in the logged batch
 * ({@link RecordBatch#origin}), so that the log alone tells the fingerprint of every entry.
 *
 * <p>Part of the formats: a changed checksum makes a retry across an update of Forebay look like another request.
 *
 * <p>Format of a request: {@code 'D'}, ids, filter, limit, big-endian. A list is its size (int32, -1 for null) and its
 * elements, a text its UTF-8 length and bytes, the limit an int32 (-1 for none). A filter is -1 for none, or a tag byte
 * and its fields in the order of the record: 1 And, 2 Or, 3 Compare, 4 In, 5 ArrayContains, 6 Document; enums by their
 * names, values as {@link MetadataCodec} encodes a map of one entry with an empty key.
 */
final class Fingerprint {
    private static final int NONE = -1;

    private final DataOutputStream out;

    private Fingerprint(DataOutputStream out) {
        this.out = out;
    }

    static int of(RecordBatch batch) {
        if (batch.origin() != 0) {
            return batch.origin();
        }
        CRC32C crc = new CRC32C();
        crc.update(batch.encoded());
        return (int) crc.getValue();
    }

    /** Never 0, which in a batch means that it is the request. */
    static int of(DeleteRequest request) {
        CRC32C crc = new CRC32C();
        try (DataOutputStream out = new DataOutputStream(
                new CheckedOutputStream(OutputStream.nullOutputStream(), crc))) {
            new Fingerprint(out).write(request);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        int value = (int) crc.getValue();
        return value == 0 ? 1 : value;
    }

    private void write(DeleteRequest request) throws IOException {
        out.writeByte('D');
        List<String> ids = request.ids();
        if (ids == null) {
            out.writeInt(NONE);
        } else {
            ids(ids);
        }
        filter(request.where());
        out.writeInt(request.limit() == null ? NONE : request.limit());
    }

    private void filter(@Nullable Where where) throws IOException {
        switch (where) {
            case null -> out.writeByte(NONE);
            case Where.And and -> clauses(1, and.clauses());
            case Where.Or or -> clauses(2, or.clauses());
            case Where.Compare compare -> {
                out.writeByte(3);
                text(compare.key());
                text(compare.comparison().name());
                value(compare.operand());
            }
            case Where.In in -> {
                out.writeByte(4);
                text(in.key());
                out.writeBoolean(in.negated());
                out.writeInt(in.operands().size());
                for (MetadataValue operand : in.operands()) {
                    value(operand);
                }
            }
            case Where.ArrayContains contains -> {
                out.writeByte(5);
                text(contains.key());
                out.writeBoolean(contains.negated());
                value(contains.operand());
            }
            case Where.Document document -> {
                out.writeByte(6);
                text(document.match().name());
                text(document.operand());
            }
            case Where.Id id -> {
                out.writeByte(7);
                out.writeBoolean(id.negated());
                ids(id.ids());
            }
        }
    }

    private void ids(List<String> ids) throws IOException {
        out.writeInt(ids.size());
        for (String id : ids) {
            text(id);
        }
    }

    private void clauses(int tag, List<Where> clauses) throws IOException {
        out.writeByte(tag);
        out.writeInt(clauses.size());
        for (Where clause : clauses) {
            filter(clause);
        }
    }

    private void value(MetadataValue value) throws IOException {
        out.write(MetadataCodec.encode(Map.of("", value)));
    }

    private void text(String text) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
    }
}
