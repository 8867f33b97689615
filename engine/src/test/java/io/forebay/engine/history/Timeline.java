package io.forebay.engine.history;

import io.forebay.engine.history.Violation.Kind;
import io.forebay.model.Operation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The writes of one collection in the order of the log, and the state as one goes along. What clients know when they
 * rest is kept: the next history begins with it.
 */
final class Timeline {
    private final Map<String, RecordState> state = new TreeMap<>();
    private long position;
    private List<Write> writes = List.of();
    private long[] latestBegin = new long[0];
    private int next;

    /** Takes the writes that came next, and complains about their order. */
    void take(List<Write> all, BiConsumer<Kind, String> complain) {
        // What is not logged stands behind the position that it was answered with.
        writes = all.stream().sorted(Comparator.comparingLong(Write::maxSeqId)
                .thenComparingLong(Write::minSeqId)).toList();
        next = 0;
        latestBegin = new long[writes.size()];
        long last = position;
        for (Write write : writes.stream().filter(Write::isLogged).toList()) {
            if (write.minSeqId() <= last) {
                complain.accept(Kind.ORDER,
                        "the seqIds of " + write + " were given out before, up to " + last);
            }
            if (write.operation() != Operation.DELETE && write.records() != write.ids().size()) {
                complain.accept(Kind.ORDER, write + " was acked with another number of records");
            }
            last = write.maxSeqId();
        }
        checkTimes(complain);
    }

    private void checkTimes(BiConsumer<Kind, String> complain) {
        long latest = Long.MIN_VALUE;
        for (int i = 0; i < writes.size(); i++) {
            latest = writes.get(i).isLogged() ? Math.max(latest, writes.get(i).begin()) : latest;
            latestBegin[i] = latest;
        }
        Write earliest = null;
        for (Write write : writes.reversed()) {
            if (!write.isLogged()) {
                continue;
            }
            if (earliest != null && earliest.end() < write.begin()) {
                complain.accept(Kind.ORDER,
                        earliest + " ended before the other began, and is behind it: " + write);
            }
            earliest = earliest == null || write.end() < earliest.end() ? write : earliest;
        }
    }

    /** When the last of those began that have something up to this position. */
    long latestBegin(long upTo) {
        int low = 0;
        int high = writes.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (writes.get(middle).minSeqId() <= upTo) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low == 0 ? Long.MIN_VALUE : latestBegin[low - 1];
    }

    /** The last up to this seqId that is it, or was acked before the time. */
    long lastKnown(long seqId, long before) {
        int i = Collections.binarySearch(writes.stream().map(Write::maxSeqId).toList(), seqId);
        for (int at = i >= 0 ? i : -i - 2; at >= 0; at--) {
            Write write = writes.get(at);
            if (write.isLogged() && write.maxSeqId() <= seqId
                    && (write.maxSeqId() == seqId || write.end() < before)) {
                return write.maxSeqId();
            }
        }
        return 0;
    }

    List<Write> writes() {
        return writes;
    }

    /** What is in force now. */
    Map<String, RecordState> state() {
        return state;
    }

    long position() {
        return position;
    }

    /** Goes on to the state after all writes up to this position. */
    void advance(long to, BiConsumer<Kind, String> complain) {
        while (next < writes.size() && writes.get(next).maxSeqId() <= to) {
            apply(state, writes.get(next), complain);
            position = Math.max(position, writes.get(next).maxSeqId());
            next++;
        }
    }

    /** The write that the position is inside of, or null. */
    @Nullable
    Write cutBy(long at) {
        return next < writes.size() && writes.get(next).minSeqId() <= at ? writes.get(next) : null;
    }

    /** States at the positions behind the present one, a few of them. */
    List<Map<String, RecordState>> later(int count) {
        List<Map<String, RecordState>> states = new ArrayList<>();
        Map<String, RecordState> ahead = new TreeMap<>(state);
        for (int i = next; i < Math.min(writes.size(), next + count); i++) {
            apply(ahead, writes.get(i), (kind, message) -> {});
            states.add(new TreeMap<>(ahead));
        }
        return states;
    }

    private static void apply(Map<String, RecordState> state, Write write,
            BiConsumer<Kind, String> complain) {
        int there = 0;
        for (String id : write.ids()) {
            RecordState before = state.get(id);
            there += before == null ? 0 : 1;
            if (!write.isLogged()) {
                continue;
            }
            RecordState after = RecordState.after(write, before);
            if (after == null) {
                state.remove(id);
            } else {
                state.put(id, after);
            }
        }
        // Of what others write too the number says nothing: it may have been there when it was looked for.
        boolean own = write.ids().stream().allMatch(id -> id.startsWith(RandomClient.OWN));
        if (write.operation() == Operation.DELETE && own && there != write.records()) {
            complain.accept(Kind.DELETE_COUNT, write + " found " + there + " records");
        }
    }
}
