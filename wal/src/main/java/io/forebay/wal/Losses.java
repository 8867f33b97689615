package io.forebay.wal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Gathers damaged places and says what each of them cost. A place stays open until the next frame that tells which seqId
 * comes next: what is missing then was lost in the open places. One thread at a time.
 */
final class Losses {
    private final List<WalDamage> damages = new ArrayList<>();
    private final List<WalDamage.Lost> lost = new ArrayList<>();
    /** The first of {@link #damages} that is still open. */
    private int firstOpen;
    private final Set<Integer> collections = new TreeSet<>();
    private long lostFrom = 1;
    private long lostTo;

    boolean open() {
        return firstOpen < damages.size();
    }

    void add(Path file, int extent, long from, long to, String reason) {
        damages.add(new WalDamage(file, extent, from, to, reason, 1, 0, Set.of()));
    }

    /** Whose entry was hit, if the header next to the damage can be believed. */
    void hint(int collection) {
        collections.add(collection);
    }

    /** These seqIds were lost in the open places; more of them may come before {@link #close}. */
    void lost(long from, long to) {
        if (to < from) {
            return;
        }
        lostFrom = lostTo == 0 ? from : Math.min(lostFrom, from);
        lostTo = Math.max(lostTo, to);
    }

    void close() {
        boolean any = lostTo >= lostFrom;
        for (int i = firstOpen; any && i < damages.size(); i++) {
            WalDamage damage = damages.get(i);
            damages.set(i, new WalDamage(damage.file(), damage.extent(), damage.from(), damage.to(),
                    damage.reason(), lostFrom, lostTo, Set.copyOf(collections)));
        }
        if (any) {
            lost.add(new WalDamage.Lost(lostFrom, lostTo));
        }
        firstOpen = damages.size();
        collections.clear();
        lostFrom = 1;
        lostTo = 0;
    }

    int count() {
        return damages.size();
    }

    List<WalDamage> damages() {
        return List.copyOf(damages);
    }

    List<WalDamage.Lost> lost() {
        return List.copyOf(lost);
    }
}
