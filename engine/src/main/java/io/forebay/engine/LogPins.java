package io.forebay.engine;

import io.forebay.wal.WalPin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the last checkpoint found to hold back the purge of the log; a collection that holds back much is told in the
 * server's log, again when it has doubled.
 *
 * <p>Threads: {@link #found} by the checkpointer, one at a time; {@link #now} by any.
 */
final class LogPins {
    private static final Logger LOG = LoggerFactory.getLogger(LogPins.class);

    private final Catalog catalog;
    private final long warnBytes;
    private final Map<Integer, Long> warned = new HashMap<>();
    private volatile List<LogPin> pins = List.of();

    LogPins(Catalog catalog, long warnBytes) {
        this.catalog = catalog;
        this.warnBytes = warnBytes;
    }

    List<LogPin> now() {
        return pins;
    }

    void found(List<WalPin> all) {
        List<LogPin> known = new ArrayList<>();
        for (WalPin pin : all) {
            CollectionRuntime runtime = catalog.byNumber(pin.collection());
            if (runtime != null) {
                known.add(new LogPin(runtime.info(), pin.extents(), pin.bytes()));
                warn(runtime, pin);
            }
        }
        warned.keySet().removeIf(number -> all.stream().noneMatch(pin -> pin.collection() == number));
        pins = List.copyOf(known);
    }

    private void warn(CollectionRuntime runtime, WalPin pin) {
        if (pin.bytes() >= warned.getOrDefault(runtime.number, warnBytes)) {
            warned.put(runtime.number, 2 * pin.bytes());
            LOG.warn(
                    "collection {} ({}) holds back {} bytes of the log ({} extents): it is applied up to seqId {} of {}",
                    runtime.number, runtime.info().name(), pin.bytes(), pin.extents(),
                    runtime.applied.position(),
                    runtime.lastAppended());
        }
    }
}
