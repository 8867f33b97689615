package io.forebay.server.binary;

import io.forebay.model.Hit;
import io.forebay.model.MetadataCodec;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.StoredRecord;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Records as the payload of an answer: a batch of operation UPDATE (see {@code RecordBatch}), written without one
 * being made.
 */
final class RecordsOut {
    private final int size;
    private final IntFunction<StoredRecord> records;
    private final ByteBuf out;
    private final int start;

    private RecordsOut(int size, IntFunction<StoredRecord> records, ByteBuf out) {
        this.size = size;
        this.records = records;
        this.out = out;
        this.start = out.writerIndex();
    }

    static void write(List<StoredRecord> records, ByteBuf out) {
        new RecordsOut(records.size(), records::get, out).write();
    }

    /** Of all queries, one behind the other. */
    static void writeHits(List<List<Hit>> hits, ByteBuf out) {
        if (hits.size() == 1) {
            List<Hit> only = hits.getFirst();
            new RecordsOut(only.size(), i -> only.get(i).record(), out).write();
            return;
        }
        List<Hit> all = hits.stream().flatMap(List::stream).toList();
        new RecordsOut(all.size(), i -> all.get(i).record(), out).write();
    }

    private void write() {
        int embeddings = 0;
        int dimension = 0;
        for (int i = 0; i < size; i++) {
            float[] embedding = records.apply(i).embedding();
            if (embedding != null) {
                embeddings++;
                dimension = embedding.length;
            }
        }
        boolean partial = embeddings > 0 && embeddings < size;
        out.writeZero(RecordBatch.HEADER_BYTES);
        column(i -> ByteBufUtil.writeUtf8(out, records.apply(i).id()));
        if (partial) {
            presence();
        }
        embeddings();
        int flags = (embeddings > 0 ? RecordBatch.FLAG_EMBEDDINGS : 0)
                | (partial ? RecordBatch.FLAG_PARTIAL : 0)
                | texts(StoredRecord::document, RecordBatch.FLAG_DOCUMENTS)
                | texts(StoredRecord::uri, RecordBatch.FLAG_URIS)
                | metadatas();
        out.setIntLE(start, RecordBatch.MAGIC);
        out.setByte(start + 4, RecordBatch.VERSION);
        out.setByte(start + 5, Operation.UPDATE.code());
        out.setShortLE(start + 6, flags);
        out.setIntLE(start + 8, size);
        out.setIntLE(start + 12, dimension);
        out.setIntLE(start + 16, embeddings);
        out.setIntLE(start + 20, out.writerIndex() - start);
    }

    private void presence() {
        int at = out.writerIndex();
        out.writeZero((size + 7) / 8);
        for (int i = 0; i < size; i++) {
            if (records.apply(i).embedding() != null) {
                out.setByte(at + (i >> 3), out.getByte(at + (i >> 3)) | 1 << (i & 7));
            }
        }
        align();
    }

    private void embeddings() {
        for (int i = 0; i < size; i++) {
            float[] embedding = records.apply(i).embedding();
            if (embedding != null) {
                out.ensureWritable(4 * embedding.length);
                for (float component : embedding) {
                    out.writeFloatLE(component);
                }
            }
        }
    }

    private int texts(Function<StoredRecord, @Nullable String> field, int flag) {
        return any(i -> field.apply(records.apply(i)) != null)
                ? column(i -> {
                    String text = field.apply(records.apply(i));
                    return text == null ? -1 : ByteBufUtil.writeUtf8(out, text);
                }, flag)
                : 0;
    }

    private int metadatas() {
        return any(i -> records.apply(i).metadata() != null)
                ? column(i -> {
                    var metadata = records.apply(i).metadata();
                    if (metadata == null) {
                        return -1;
                    }
                    byte[] bytes = MetadataCodec.encode(metadata);
                    out.writeBytes(bytes);
                    return bytes.length;
                }, RecordBatch.FLAG_METADATAS)
                : 0;
    }

    private boolean any(IntPredicate has) {
        for (int i = 0; i < size; i++) {
            if (has.test(i)) {
                return true;
            }
        }
        return false;
    }

    private int column(Entry entry, int flag) {
        column(entry);
        return flag;
    }

    /** Writes the entry of a record; answers its length, -1 for null. */
    @FunctionalInterface
    private interface Entry {
        int write(int record);
    }

    private void column(Entry entry) {
        int ends = out.writerIndex();
        out.writeZero(4 * size);
        int end = 0;
        for (int i = 0; i < size; i++) {
            int length = entry.write(i);
            end += Math.max(0, length);
            out.setIntLE(ends + 4 * i, length < 0 ? end | RecordBatch.NULL_BIT : end);
        }
        align();
    }

    private void align() {
        out.writeZero(-(out.writerIndex() - start) & 3);
    }
}
