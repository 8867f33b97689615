package io.forebay.client;

import io.forebay.model.Operation;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.UUID;

/** The paths of the server, all in one place. */
final class Routes {
    static final String HEARTBEAT = "/api/v2/heartbeat";
    static final String VERSION = "/api/v2/version";
    static final String RESET = "/api/v2/reset";
    static final String LAG = "/api/forebay/lag";

    private final String collections;

    Routes(String tenant, String database) {
        collections = "/api/v2/tenants/" + segment(tenant) + "/databases/" + segment(database)
                + "/collections";
    }

    String collections() {
        return collections;
    }

    String collection(String name) {
        return collections + "/" + segment(name);
    }

    Records records(UUID collection) {
        return new Records(collection, collections + "/" + collection);
    }

    /** Form encoding differs from path encoding only in the space. */
    private static String segment(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The paths of one collection. */
    record Records(UUID id, String base) {
        String write(Operation operation) {
            return base + "/" + operation.name().toLowerCase(Locale.ROOT);
        }

        String delete() {
            return base + "/delete";
        }

        String get() {
            return base + "/get";
        }

        String query() {
            return base + "/query";
        }

        String count() {
            return base + "/count";
        }

        String indexingStatus() {
            return base + "/indexing_status";
        }

        String fork() {
            return base + "/fork";
        }

        String forkCount() {
            return base + "/fork_count";
        }

        String changes(long fromSeqId) {
            return base + "/changes?from_seq_id=" + fromSeqId;
        }

        String flush(FlushPosition position) {
            return base + "/flush?position=" + position.wireName();
        }
    }
}
