package io.forebay.server.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.forebay.model.RecordBatch;
import io.forebay.wal.WalFrame;
import io.forebay.wal.WalFrame.Kind;
import io.forebay.wal.WalScan;
import io.forebay.wal.WalTools;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code forebay wal dump}: every frame, one line each. */
@Command(name = "dump", description = {"Prints each frame of the log that checks, and then what does not.",
        "Times are UTC. Frames of the log itself show the seqId that is next."})
final class WalDumpCommand extends WalTool {
    private static final int PAYLOAD_BYTES_MAX = 32;

    @Option(names = "--from-seq-id", paramLabel = "N", description = "Only entries that end at N or later.")
    private @Nullable Long fromSeqId;

    @Option(names = "--to-seq-id", paramLabel = "N", description = "Only entries that begin at N or earlier.")
    private @Nullable Long toSeqId;

    @Option(names = "--collection", paramLabel = "NUMBER", description = "Only entries of this collection.")
    private @Nullable Integer collection;

    @Option(names = "--extent", paramLabel = "NUMBER", description = "Only this extent.")
    private @Nullable Integer extent;

    @Option(names = "--records", description = "Also the ids of the records of each batch.")
    private boolean records;

    @Option(names = "--payload", description = "Also the first bytes of each payload, in hexadecimal.")
    private boolean payloads;

    @Option(names = "--json", description = "One JSON object a line, for scripts.")
    private boolean json;

    /** Pieces of the batch that is being read, when ids are wanted. */
    private final ByteArrayOutputStream pieces = new ByteArrayOutputStream();

    @Override
    int run(Path log, PrintWriter out) {
        if (!json) {
            out.println(WalLines.HEADING);
        }
        WalScan scan = WalTools.scan(log, (frame, payload) -> {
            if (wanted(frame)) {
                print(frame, payload, out);
            }
        });
        if (!json) {
            return damages(scan, out);
        }
        scan.damages().forEach(damage -> out.println(WalLines.json(WalVerifyCommand.fields(damage))));
        return scan.fine() ? 0 : EXIT_DAMAGED;
    }

    private boolean wanted(WalFrame frame) {
        if (extent != null && frame.extent() != extent) {
            return false;
        }
        boolean ofEntries = fromSeqId != null || toSeqId != null || collection != null;
        return !ofEntries || (frame.ofEntry() && (fromSeqId == null || frame.maxSeqId() >= fromSeqId)
                && (toSeqId == null || frame.minSeqId() <= toSeqId)
                && (collection == null || frame.collection() == collection));
    }

    private void print(WalFrame frame, ByteBuffer payload, PrintWriter out) {
        List<String> ids = records ? ids(frame, payload) : List.of();
        String type = WalLines.type(frame, payload);
        String begin = payloads
                ? HexFormat.of()
                        .formatHex(bytes(payload.slice(0, Math.min(payload.limit(), PAYLOAD_BYTES_MAX))))
                : "";
        if (json) {
            out.println(WalLines.json(generator -> {
                WalLines.fields(frame, type, generator);
                extras(ids, begin, generator);
            }));
            return;
        }
        out.println(WalLines.text(frame, type));
        if (!ids.isEmpty()) {
            out.println("       ids " + String.join(" ", ids));
        }
        if (!begin.isEmpty()) {
            out.println("       payload " + begin);
        }
    }

    private void extras(List<String> ids, String begin, JsonGenerator generator) throws IOException {
        if (records) {
            generator.writeArrayFieldStart("ids");
            for (String id : ids) {
                generator.writeString(id);
            }
            generator.writeEndArray();
        }
        if (payloads) {
            generator.writeStringField("payload", begin);
        }
    }

    /** Of a batch in several frames at its last one. */
    private List<String> ids(WalFrame frame, ByteBuffer payload) {
        if (frame.kind() == Kind.ENTRY) {
            return ids(payload);
        }
        if (frame.kind() == Kind.PART) {
            if (frame.part() == 0) {
                pieces.reset();
            }
            pieces.writeBytes(bytes(payload));
        }
        return frame.kind() == Kind.COMMIT ? ids(ByteBuffer.wrap(pieces.toByteArray())) : List.of();
    }

    /** None when it is no batch: a change of the catalog, or a batch whose first pieces are gone. */
    private static List<String> ids(ByteBuffer payload) {
        List<String> ids = new ArrayList<>();
        try {
            RecordBatch batch = RecordBatch.wrap(payload);
            for (int i = 0; i < batch.size(); i++) {
                ids.add(batch.id(i));
            }
        } catch (IllegalArgumentException none) {
            ids.clear();
        }
        return ids;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
