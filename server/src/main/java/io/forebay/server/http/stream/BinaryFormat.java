package io.forebay.server.http.stream;

import io.forebay.engine.Change;
import io.forebay.engine.PurgedException;
import io.forebay.model.ForebayException;
import io.forebay.server.http.json.ChangeEncoder;
import io.forebay.server.http.json.Json;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * Frames, one for each batch, with the batch's own binary form in it. Little-endian.
 *
 * <pre>
 *   0        4        8         9      10          11      16         24         32        40
 *   +--------+--------+---------+------+-----------+-------+----------+----------+---------+----------+
 *   | length | crc32c | version | kind | operation | 0 (5) | minSeqId | maxSeqId | time    | payload  |
 *   +--------+--------+---------+------+-----------+-------+----------+----------+---------+----------+
 * </pre>
 * length counts what is behind the crc32c, which covers just that. A heartbeat is a frame of length 0 and crc32c 0. The
 * constants here are part of the format, which docs/formats.md explains to those who read it.
 */
final class BinaryFormat implements ChangeFormat {
    static final String CONTENT_TYPE = "application/vnd.forebay.changes";
    static final byte VERSION = 1;
    static final byte KIND_BATCH = 1;
    static final byte KIND_DROPPED = 2;
    static final byte KIND_ERROR = 3;
    private static final int HEADER_BYTES = 40;
    private static final int UNCOUNTED_BYTES = 8;

    private final UUID collection;
    private ByteBuffer header = ByteBuffer.allocate(0);
    private ByteBuffer payload = ByteBuffer.allocate(0);
    private int written;
    private long events;

    BinaryFormat(UUID collection) {
        this.collection = collection;
    }

    @Override
    public String contentType() {
        return CONTENT_TYPE;
    }

    @Override
    public void opening(ByteBuf out, long fromSeqId) {
        // The answer's head says it.
    }

    @Override
    public void begin(Change change) {
        payload = change.batch().encoded();
        header = header(KIND_BATCH, (byte) change.batch().operation().code(), change.minSeqId(),
                change.maxSeqId(), change.appendTimeMillis(), payload);
        written = 0;
    }

    @Override
    public void resume(Change change) {
        payload = change.batch().encoded();
    }

    @Override
    public boolean write(ByteBuf out) {
        if (written == 0) {
            out.writeBytes(header.duplicate());
        }
        int length = Math.min(PIECE_BYTES, payload.limit() - written);
        out.writeBytes(payload.slice(written, length));
        written += length;
        if (written < payload.limit()) {
            return true;
        }
        events++;
        written = 0;
        return false;
    }

    private static ByteBuffer header(byte kind, byte operation, long minSeqId, long maxSeqId, long time,
            ByteBuffer payload) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(HEADER_BYTES - UNCOUNTED_BYTES + payload.remaining()).putInt(0);
        header.put(VERSION).put(kind).put(operation).put(new byte[5]);
        header.putLong(minSeqId).putLong(maxSeqId).putLong(time).flip();
        CRC32C crc = new CRC32C();
        crc.update(header.slice(UNCOUNTED_BYTES, HEADER_BYTES - UNCOUNTED_BYTES));
        crc.update(payload.duplicate());
        return header.putInt(4, (int) crc.getValue());
    }

    @Override
    public boolean isInsideFrame() {
        return written > 0;
    }

    @Override
    public void heartbeat(ByteBuf out) {
        out.writeLong(0);
    }

    @Override
    public void dropped(ByteBuf out) throws IOException {
        whole(out, KIND_DROPPED, 0, json -> ChangeEncoder.dropped(json, collection));
    }

    @Override
    public void purged(ByteBuf out, PurgedException failure) throws IOException {
        whole(out, KIND_ERROR, failure.oldestSeqId(), json -> ChangeEncoder.purged(json, failure));
    }

    @Override
    public void failed(ByteBuf out, ForebayException failure) throws IOException {
        whole(out, KIND_ERROR, 0, json -> ChangeEncoder.failed(json, failure));
    }

    private static void whole(ByteBuf out, byte kind, long seqId, Json.Encoder text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Json.encode(bytes, text);
        ByteBuffer body = ByteBuffer.wrap(bytes.toByteArray());
        out.writeBytes(header(kind, (byte) 0, seqId, seqId, System.currentTimeMillis(), body));
        out.writeBytes(body);
    }

    @Override
    public long events() {
        return events;
    }
}
