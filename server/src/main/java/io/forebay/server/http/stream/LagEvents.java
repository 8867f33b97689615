package io.forebay.server.http.stream;

import io.forebay.engine.Forebay;
import io.forebay.model.CollectionStatus;
import io.forebay.server.http.json.Json;
import io.forebay.server.http.json.LagEncoder;
import io.forebay.server.lag.LagMonitor;
import io.forebay.server.lag.LagScope;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Makes the events of the lag streams. Those who see the same at the same moment get the same bytes, encoded once: the
 * last moment's are kept, up to {@link #KEPT_BYTES_MAX}.
 *
 * <p>Threads: any; what is kept is under the object's own lock, encoding is not.
 */
public final class LagEvents {
    /** Collections in one event; some 80 KB. */
    static final int COLLECTIONS_MAX = 100;
    private static final long KEPT_BYTES_MAX = 4 << 20;

    private final Forebay engine;
    private final LagMonitor monitor;
    private final Map<Key, byte[]> kept = new HashMap<>();
    private long keptBytes;
    private int keptSecond;

    private record Key(LagScope scope, int after, int to, int at) {}

    /**
     * What is to be told of one moment, in several events where it is much.
     *
     * @param after   what is told since; -1 for everything
     * @param numbers of the collections
     */
    record Round(int after, int to, int[] numbers, List<UUID> removed) {
        boolean isWhole() {
            return after < 0;
        }

        boolean isEmpty() {
            return !isWhole() && numbers.length == 0 && removed.isEmpty();
        }
    }

    public LagEvents(Forebay engine, LagMonitor monitor) {
        this.engine = engine;
        this.monitor = monitor;
    }

    public LagMonitor monitor() {
        return monitor;
    }

    /** @param after -1 for everything; as is what happened since is forgotten */
    Round round(LagScope scope, int after) {
        int to = monitor.history().now();
        LagMonitor.Changes changes = after < 0 ? null : monitor.changes(after, to, scope);
        if (changes != null) {
            int[] numbers = scope.isAll() ? changes.moved() : included(scope, changes.moved());
            return new Round(after, to, numbers, changes.removed());
        }
        int[] all = engine.statuses().stream().filter(scope::includes).mapToInt(CollectionStatus::number)
                .sorted().toArray();
        return new Round(-1, to, all, List.of());
    }

    private int[] included(LagScope scope, int[] moved) {
        return Arrays.stream(moved).filter(number -> {
            CollectionStatus status = engine.status(number);
            return status != null && scope.includes(status);
        }).toArray();
    }

    /** The event of the collections from this place of the round on; the next begins {@link #COLLECTIONS_MAX} further. */
    byte[] event(LagScope scope, Round round, int at) throws IOException {
        Key key = new Key(scope, round.after(), round.to(), at);
        byte[] known = round.isWhole() ? null : kept(key);
        if (known != null) {
            return known;
        }
        byte[] event = encode(scope, round, at);
        if (!round.isWhole()) {
            keep(key, event);
        }
        return event;
    }

    private synchronized byte @Nullable [] kept(Key key) {
        return kept.get(key);
    }

    private synchronized void keep(Key key, byte[] event) {
        if (key.to > keptSecond) {
            kept.clear();
            keptBytes = 0;
            keptSecond = key.to;
        }
        if (key.to == keptSecond && keptBytes + event.length <= KEPT_BYTES_MAX
                && kept.put(key, event) == null) {
            keptBytes += event.length;
        }
    }

    private byte[] encode(LagScope scope, Round round, int at) throws IOException {
        List<CollectionStatus> statuses = new ArrayList<>();
        int end = Math.min(round.numbers().length, at + COLLECTIONS_MAX);
        for (int i = at; i < end; i++) {
            CollectionStatus status = engine.status(round.numbers()[i]);
            if (status != null && scope.includes(status)) {
                statuses.add(status);
            }
        }
        boolean more = end < round.numbers().length;
        ByteArrayOutputStream out = new ByteArrayOutputStream(512 + 800 * statuses.size());
        out.writeBytes("event: lag\ndata: ".getBytes(StandardCharsets.US_ASCII));
        Json.encode(out, json -> LagEncoder.event(json, monitor.millisOf(round.to()),
                round.isWhole() && at == 0, more, statuses, more ? List.of() : round.removed(),
                scope.isAll() && !more ? monitor.store() : null));
        out.writeBytes("\n\n".getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }
}
