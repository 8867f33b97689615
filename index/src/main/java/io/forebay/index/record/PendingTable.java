package io.forebay.index.record;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Pending records by id: open addressing, at most half full. Not thread-safe. */
final class PendingTable {
    private static final int SLOTS_MIN = 1 << 11;
    private static final int SLOTS_KEPT_MAX = 1 << 18;

    private @Nullable PendingRecord[] slots = new PendingRecord[SLOTS_MIN];
    private int size;

    /** The one with this id, made if there is none. */
    PendingRecord of(byte[] id, long hash) {
        int mask = slots.length - 1;
        int at = (int) hash & mask;
        while (true) {
            PendingRecord there = slots[at];
            if (there == null) {
                PendingRecord made = new PendingRecord(id, hash);
                slots[at] = made;
                if (++size * 2 > slots.length) {
                    grow();
                }
                return made;
            }
            if (there.hash == hash && Arrays.equals(there.id, id)) {
                return there;
            }
            at = at + 1 & mask;
        }
    }

    void clear() {
        if (size == 0) {
            return;
        }
        size = 0;
        if (slots.length > SLOTS_KEPT_MAX) {
            slots = new PendingRecord[SLOTS_MIN];
        } else {
            Arrays.fill(slots, null);
        }
    }

    private void grow() {
        @Nullable
        PendingRecord[] old = slots;
        slots = new PendingRecord[old.length * 2];
        int mask = slots.length - 1;
        for (PendingRecord record : old) {
            if (record != null) {
                int at = (int) record.hash & mask;
                while (slots[at] != null) {
                    at = at + 1 & mask;
                }
                slots[at] = record;
            }
        }
    }
}
