package io.forebay.server.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.forebay.model.Operation;
import io.forebay.wal.WalFrame;
import io.forebay.wal.WalFrame.Kind;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;

/** Frames of the log as lines, for people and as JSON. */
final class WalLines {
    static final String HEADING = String.format(Locale.ROOT,
            "%6s %10s %-7s %-10s %10s %21s %8s %10s %-24s %16s %10s",
            "extent", "offset", "kind", "type", "collection", "seqIds", "records", "bytes", "time",
            "batch id hash",
            "durable");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'")
            .withZone(ZoneOffset.UTC);
    /** As the engine writes them. */
    private static final byte TYPE_BATCH = 1;
    private static final byte TYPE_CATALOG = 2;
    private static final byte[] BATCH_MAGIC = {'F', 'B', 'R', 'B'};
    private static final int OPERATION_OFFSET = 5;
    private static final JsonFactory JSON = new JsonFactory();

    private WalLines() {}

    static String time(long millis) {
        return millis == 0 ? "-" : TIME.format(Instant.ofEpochMilli(millis));
    }

    /** What the entry does, as far as its type and the payload's first bytes tell. */
    static String type(WalFrame frame, ByteBuffer payload) {
        if (!frame.ofEntry()) {
            return "-";
        }
        return switch (frame.type()) {
            case TYPE_CATALOG -> "catalog";
            case TYPE_BATCH -> frame.kind() == Kind.COMMIT || frame.part() > 0 ? "batch" : operation(payload);
            default -> "type " + frame.type();
        };
    }

    private static String operation(ByteBuffer payload) {
        for (int i = 0; i < BATCH_MAGIC.length; i++) {
            if (payload.remaining() <= OPERATION_OFFSET
                    || payload.get(payload.position() + i) != BATCH_MAGIC[i]) {
                return "batch";
            }
        }
        try {
            int code = payload.get(payload.position() + OPERATION_OFFSET);
            return Operation.ofCode(code).name().toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException unknown) {
            return "batch";
        }
    }

    static String text(WalFrame frame, String type) {
        boolean entry = frame.ofEntry();
        String seqIds = entry
                ? frame.minSeqId() + " to " + frame.maxSeqId()
                : frame.kind() == Kind.EXTENT ? "-" : "next " + frame.minSeqId();
        String kind = switch (frame.kind()) {
            case PART, COMMIT -> frame.kind() + " " + frame.part();
            default -> frame.kind().name();
        };
        return String.format(Locale.ROOT, "%6d %10d %-7s %-10s %10s %21s %8s %10d %-24s %16s %10d",
                frame.extent(),
                frame.offset(), kind, type, entry ? frame.collection() : "-", seqIds,
                entry ? frame.records() : "-", frame.payloadBytes(), time(frame.appendTimeMillis()),
                frame.batchIdHash() == 0 ? "-" : HexFormat.of().toHexDigits(frame.batchIdHash()),
                frame.durableSeqId());
    }

    /** Writes the fields of one object. */
    interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    static String json(Fields fields) {
        StringWriter line = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return line.toString();
    }

    static void fields(WalFrame frame, String type, JsonGenerator json) throws IOException {
        json.writeNumberField("extent", frame.extent());
        json.writeNumberField("offset", frame.offset());
        json.writeStringField("kind", frame.kind().name().toLowerCase(Locale.ROOT));
        json.writeNumberField("payload_bytes", frame.payloadBytes());
        json.writeNumberField("time_millis", frame.appendTimeMillis());
        json.writeNumberField("durable_seq_id", frame.durableSeqId());
        if (!frame.ofEntry()) {
            json.writeNumberField("next_seq_id", frame.minSeqId());
            return;
        }
        json.writeStringField("type", type);
        json.writeNumberField("collection", frame.collection());
        json.writeNumberField("incarnation", frame.incarnation());
        json.writeNumberField("min_seq_id", frame.minSeqId());
        json.writeNumberField("max_seq_id", frame.maxSeqId());
        json.writeNumberField("records", frame.records());
        json.writeNumberField("total_bytes", frame.totalBytes());
        json.writeNumberField("part", frame.part());
        json.writeStringField("batch_id_hash", HexFormat.of().toHexDigits(frame.batchIdHash()));
    }
}
