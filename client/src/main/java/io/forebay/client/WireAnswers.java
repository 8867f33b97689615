package io.forebay.client;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.Hit;
import io.forebay.model.Include;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadOptions;
import io.forebay.model.ReadPosition;
import io.forebay.model.RecordBatch;
import io.forebay.model.StoredRecord;
import io.forebay.model.wire.Fields;
import io.forebay.model.wire.FrameHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What answers say. Records are lists over the bytes that came, checked as a whole now and decoded when somebody looks at
 * one.
 */
final class WireAnswers {
    private WireAnswers() {}

    static Written written(WireAnswer answer) {
        Fields head = answer.head();
        return new Written(head.number("max_seq_id", Written.NO_SEQ_ID), (int) head.number("records", 0),
                head.flag("replayed"));
    }

    static void tell(WireAnswer answer, ReadOptions options) {
        Fields head = answer.head();
        if (options.position() != null && head.has("applied_seq_id")) {
            options.position().accept(
                    new ReadPosition(head.number("applied_seq_id", 0), head.number("linked_seq_id", 0)));
        }
    }

    static List<StoredRecord> records(WireAnswer answer, String what) {
        return records(ByteBuffer.wrap(answer.payload()), what);
    }

    static RecordBatch batch(WireAnswer answer, String what) {
        return batch(ByteBuffer.wrap(answer.payload()), what);
    }

    private static RecordBatch batch(ByteBuffer payload, String what) {
        try {
            return RecordBatch.wrap(payload);
        } catch (IllegalArgumentException e) {
            throw malformed(what, String.valueOf(e.getMessage()));
        }
    }

    private static List<StoredRecord> records(ByteBuffer payload, String what) {
        RecordBatch batch = batch(payload, what);
        return new LazyList<>(batch.size(), record -> record(batch, record, what));
    }

    private static StoredRecord record(RecordBatch batch, int record, String what) {
        float[] embedding = null;
        if (batch.hasEmbedding(record)) {
            embedding = new float[batch.dimension()];
            batch.copyEmbedding(record, embedding);
        }
        try {
            return new StoredRecord(batch.id(record), embedding, batch.metadata(record),
                    batch.document(record), batch.uri(record));
        } catch (IllegalArgumentException e) {
            throw malformed(what, String.valueOf(e.getMessage()));
        }
    }

    /** One list for each embedding; a distance that was not asked for is NaN, as over HTTP. */
    static List<List<Hit>> hits(WireAnswer answer, QueryRequest request) {
        List<Long> counts = answer.head().numbers("counts");
        long all = 0;
        for (long count : counts) {
            all += count;
        }
        ByteBuffer payload = ByteBuffer.wrap(answer.payload()).order(ByteOrder.LITTLE_ENDIAN);
        long recordsAt = FrameHeader.padded((int) (4 * all));
        if (counts.size() != request.embeddings().size() || all < 0 || recordsAt > payload.limit()) {
            throw malformed("QUERY", "counts " + counts + " for " + request.embeddings().size()
                    + " embeddings in " + payload.limit() + " bytes");
        }
        List<StoredRecord> records = records(
                payload.slice((int) recordsAt, payload.limit() - (int) recordsAt), "QUERY");
        if (records.size() != all) {
            throw malformed("QUERY", all + " distances and " + records.size() + " records");
        }
        boolean wantsDistances = request.include().contains(Include.DISTANCES);
        List<List<Hit>> hits = new ArrayList<>(counts.size());
        int from = 0;
        for (long count : counts) {
            int first = from;
            hits.add(new LazyList<>((int) count, i -> new Hit(records.get(first + i),
                    wantsDistances ? payload.getFloat(4 * (first + i)) : Float.NaN)));
            from += (int) count;
        }
        return hits;
    }

    static Answer called(String path, WireAnswer answer) {
        int status = answer.header().status();
        Map<String, String> headers = headers(answer.head().texts("headers"));
        if (status < 200 || status >= 300) {
            throw ErrorAnswers.failure(path, status, answer.payload(), headers.get("retry-after"));
        }
        return new Answer(path, answer.payload(), seqId(headers, HttpCalls.SEQ_ID_HEADER, Written.NO_SEQ_ID),
                headers.containsKey(HttpCalls.REPLAYED_HEADER.toLowerCase(Locale.ROOT)), position(headers));
    }

    private static @Nullable ReadPosition position(Map<String, String> headers) {
        long applied = seqId(headers, HttpCalls.APPLIED_HEADER, -1);
        return applied < 0 ? null : new ReadPosition(applied, seqId(headers, HttpCalls.LINKED_HEADER, 0));
    }

    private static long seqId(Map<String, String> headers, String name, long absent) {
        String value = headers.get(name.toLowerCase(Locale.ROOT));
        try {
            return value == null ? absent : Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw malformed("CALL", "header " + name + " is " + value);
        }
    }

    private static Map<String, String> headers(@Nullable List<String> flat) {
        Map<String, String> headers = new HashMap<>();
        List<String> all = Objects.requireNonNullElse(flat, List.of());
        for (int i = 0; i + 1 < all.size(); i += 2) {
            headers.put(all.get(i).toLowerCase(Locale.ROOT), all.get(i + 1));
        }
        return headers;
    }

    private static ForebayException malformed(String what, String why) {
        return new ForebayException(ErrorCode.INTERNAL,
                "the answer to " + what + " is not as the binary protocol says: " + why);
    }
}
