package io.forebay.server.http;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/** Reads the binary form of a change feed as docs/formats.md tells it, with no class of ours. */
final class ChangeFrames {
    /** Kind 0 is a heartbeat. */
    record Frame(int kind, int operation, long minSeqId, long maxSeqId, long time, ByteBuffer payload) {}

    /** One record of a batch; what it does not have is null. */
    record Row(String id, List<Float> embedding, String document, String uri, Map<String, Object> metadata) {}

    private final DataInputStream in;

    ChangeFrames(InputStream in) {
        this.in = new DataInputStream(in);
    }

    /** Null at the end. */
    Frame next() throws IOException {
        byte[] head = new byte[8];
        int first = in.read();
        if (first < 0) {
            return null;
        }
        head[0] = (byte) first;
        in.readFully(head, 1, 7);
        ByteBuffer start = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
        int length = start.getInt();
        int expected = start.getInt();
        if (length == 0) {
            return new Frame(0, 0, 0, 0, 0, ByteBuffer.allocate(0));
        }
        byte[] rest = new byte[length];
        in.readFully(rest);
        CRC32C crc = new CRC32C();
        crc.update(rest);
        if ((int) crc.getValue() != expected) {
            throw new IOException("the checksum is wrong");
        }
        ByteBuffer frame = ByteBuffer.wrap(rest).order(ByteOrder.LITTLE_ENDIAN);
        if (frame.get(0) != 1) {
            throw new IOException("version " + frame.get(0));
        }
        return new Frame(frame.get(1), frame.get(2), frame.getLong(8), frame.getLong(16), frame.getLong(24),
                frame.slice(32, length - 32).order(ByteOrder.LITTLE_ENDIAN));
    }

    static List<Row> rows(ByteBuffer batch) throws IOException {
        int flags = batch.getShort(6);
        int records = batch.getInt(8);
        int dimension = batch.getInt(12);
        int embeddings = batch.getInt(16);
        if (batch.getInt(0) != 0x42524246 || batch.get(4) != 1 || batch.getInt(20) != batch.limit()) {
            throw new EOFException("not a batch");
        }
        int[] at = {32};
        List<byte[]> ids = column(batch, at, records, true);
        boolean[] has = new boolean[records];
        for (int i = 0; i < records; i++) {
            has[i] = (flags & 2) != 0 ? (batch.get(at[0] + i / 8) >> i % 8 & 1) != 0 : (flags & 1) != 0;
        }
        at[0] = (flags & 2) != 0 ? padded(at[0] + (records + 7) / 8) : at[0];
        int vectors = at[0];
        at[0] += 4 * embeddings * dimension;
        List<byte[]> documents = column(batch, at, records, (flags & 4) != 0);
        List<byte[]> uris = column(batch, at, records, (flags & 8) != 0);
        List<byte[]> metadatas = column(batch, at, records, (flags & 16) != 0);
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < records; i++) {
            List<Float> embedding = null;
            if (has[i]) {
                embedding = new ArrayList<>();
                for (int d = 0; d < dimension; d++, vectors += 4) {
                    embedding.add(batch.getFloat(vectors));
                }
            }
            rows.add(new Row(text(ids.get(i)), embedding, text(documents.get(i)), text(uris.get(i)),
                    metadata(metadatas.get(i))));
        }
        return rows;
    }

    private static List<byte[]> column(ByteBuffer batch, int[] at, int records, boolean there) {
        List<byte[]> all = new ArrayList<>();
        int bytes = at[0] + 4 * records;
        int from = 0;
        for (int i = 0; i < records; i++) {
            int end = there ? batch.getInt(at[0] + 4 * i) : 0x8000_0000;
            byte[] entry = end < 0 ? null : new byte[end - from];
            if (entry != null) {
                batch.get(bytes + from, entry);
                from = end;
            }
            all.add(entry);
        }
        at[0] = there ? padded(bytes + from) : at[0];
        return all;
    }

    private static int padded(int at) {
        return (at + 3) / 4 * 4;
    }

    private static String text(byte[] utf8) {
        return utf8 == null ? null : new String(utf8, StandardCharsets.UTF_8);
    }

    /** Only the tags that the tests write. */
    private static Map<String, Object> metadata(byte[] bytes) throws IOException {
        if (bytes == null) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        Map<String, Object> all = new LinkedHashMap<>();
        for (int left = varint(in); left > 0; left--) {
            String key = string(in);
            Object value = switch (in.get()) {
                case 0 -> null;
                case 1 -> string(in);
                case 2 -> in.getLong();
                case 3 -> in.getDouble();
                case 4 -> false;
                case 5 -> true;
                default -> throw new IOException("a tag that no test writes");
            };
            all.put(key, value);
        }
        return all;
    }

    private static String string(ByteBuffer in) {
        byte[] utf8 = new byte[varint(in)];
        in.get(utf8);
        return text(utf8);
    }

    private static int varint(ByteBuffer in) {
        int value = 0;
        int shift = 0;
        byte one;
        do {
            one = in.get();
            value |= (one & 0x7f) << shift;
            shift += 7;
        } while (one < 0);
        return value;
    }
}
