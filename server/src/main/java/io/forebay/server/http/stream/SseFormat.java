package io.forebay.server.http.stream;

import io.forebay.engine.Change;
import io.forebay.engine.PurgedException;
import io.forebay.model.ForebayException;
import io.forebay.model.Include;
import io.forebay.model.Operation;
import io.forebay.server.http.json.ChangeEncoder;
import io.forebay.server.http.json.Json;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Server-sent events, one for each record operation. The id of an event is its seqId, so a browser that connects again
 * goes on behind the last one it has seen, also in the middle of a batch. The stream begins with an id and no event: who
 * loses the connection before the first event misses nothing either.
 */
final class SseFormat implements ChangeFormat {
    private final UUID collection;
    private final Set<Include> include;
    private final long fromSeqId;
    private @Nullable Change change;
    private int record;
    private long events;

    SseFormat(UUID collection, Set<Include> include, long fromSeqId) {
        this.collection = collection;
        this.include = include;
        this.fromSeqId = fromSeqId;
    }

    @Override
    public String contentType() {
        return "text/event-stream";
    }

    @Override
    public void opening(ByteBuf out, long from) {
        text(out, "id: " + (from - 1) + "\n\n");
    }

    @Override
    public void begin(Change begun) {
        change = begun;
        record = (int) Math.max(0, fromSeqId - begun.minSeqId());
    }

    @Override
    public void resume(Change again) {
        change = again;
    }

    @Override
    public boolean write(ByteBuf out) throws IOException {
        Change at = Objects.requireNonNull(change);
        int size = at.batch().size();
        while (record < size && out.readableBytes() < PIECE_BYTES) {
            int index = record;
            text(out, "id: " + (at.minSeqId() + index) + "\n");
            event(out, name(at.batch().operation()), json -> ChangeEncoder.record(json, at, index, include));
            record++;
            events++;
        }
        return record < size;
    }

    private static String name(Operation operation) {
        return switch (operation) {
            case ADD -> "add";
            case UPSERT -> "upsert";
            case UPDATE -> "update";
            case DELETE -> "delete";
        };
    }

    private static void event(ByteBuf out, String name, Json.Encoder data) throws IOException {
        text(out, "event: " + name + "\ndata: ");
        try (OutputStream bytes = new ByteBufOutputStream(out)) {
            Json.encode(bytes, data); // a JSON text of ours has no line breaks
        }
        text(out, "\n\n");
    }

    private static void text(ByteBuf out, String ascii) {
        out.writeCharSequence(ascii, StandardCharsets.US_ASCII);
    }

    @Override
    public boolean isInsideFrame() {
        return false;
    }

    @Override
    public void heartbeat(ByteBuf out) {
        text(out, ":\n\n");
    }

    @Override
    public void dropped(ByteBuf out) throws IOException {
        event(out, "dropped", json -> ChangeEncoder.dropped(json, collection));
    }

    @Override
    public void purged(ByteBuf out, PurgedException failure) throws IOException {
        event(out, "error", json -> ChangeEncoder.purged(json, failure));
    }

    @Override
    public void failed(ByteBuf out, ForebayException failure) throws IOException {
        event(out, "error", json -> ChangeEncoder.failed(json, failure));
    }

    @Override
    public long events() {
        return events;
    }
}
