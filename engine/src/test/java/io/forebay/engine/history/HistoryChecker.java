package io.forebay.engine.history;

import io.forebay.engine.history.Violation.Kind;
import io.forebay.model.ReadLevel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Checks histories of one collection, one after another, against the order of the log, which the seqIds of the acks
 * are. Each begins and ends with all clients at rest.
 *
 * <p>An answer must be the state after all writes up to the position that it tells, and none above; the position must
 * not be inside of a batch, must not be below what the read had to see (what was acked before it began, at a level
 * that waits for that; what any read had seen before it began; what it demanded), and must not be above a write that
 * began after the answer was there.
 *
 * <p>What cannot be decided is left out: whether a delete of one record that others write too should have found it.
 */
public final class HistoryChecker {
    private static final int MESSAGE_CHARS_MAX = 2000;
    private static final int VIOLATIONS_MAX = 20;

    private final Timeline timeline = new Timeline();
    private final List<Violation> violations = new ArrayList<>();
    private final Floors seen = new Floors();
    private final Map<Integer, Floors> seenInLife = new HashMap<>();
    private long checkedReads;
    private long checkedWrites;

    /** What is wrong, the first of it; empty when nothing is. */
    public List<Violation> check(History history) {
        violations.clear();
        timeline.take(history.writes(), this::complain);
        List<Read> reads = history.reads().stream().sorted(Comparator.comparingLong(Read::applied)).toList();
        checkPositions(history.writes(), reads);
        Diagnosis diagnosis = new Diagnosis(timeline);
        for (Read read : reads) {
            timeline.advance(read.applied(), this::complain);
            Write cut = timeline.cutBy(read.applied());
            if (cut != null) {
                complain(Kind.HALF_BATCH, told(read) + " is inside of " + cut);
            } else {
                String wrong = Answers.wrong(read, timeline.state());
                if (wrong != null) {
                    complain(diagnosis.of(read), told(read) + ": " + wrong);
                }
            }
        }
        timeline.advance(Long.MAX_VALUE, this::complain);
        checkedReads += reads.size();
        checkedWrites += timeline.writes().size();
        seen.rest();
        seenInLife.values().forEach(Floors::rest);
        return List.copyOf(violations);
    }

    public long checkedReads() {
        return checkedReads;
    }

    public long checkedWrites() {
        return checkedWrites;
    }

    public int records() {
        return timeline.state().size();
    }

    private void checkPositions(List<Write> writes, List<Read> reads) {
        Floors acked = new Floors();
        Map<Integer, Floors> own = new HashMap<>();
        for (Write write : writes) {
            if (write.isLogged()) {
                acked.add(write.end(), write.maxSeqId());
                own.computeIfAbsent(write.client(), client -> new Floors()).add(write.end(),
                        write.maxSeqId());
            }
        }
        acked.add(Long.MIN_VALUE, timeline.position());
        for (Read read : reads) {
            seen.add(read.end(), read.applied());
            seenInLife.computeIfAbsent(read.life(), life -> new Floors()).add(read.end(), read.applied());
        }
        for (Read read : reads) {
            checkFresh(read, acked, own.getOrDefault(read.client(), new Floors()));
            boolean waits = read.level() == ReadLevel.INDEX_AND_WAL;
            long before = (waits ? seen : seenInLife.get(read.life())).before(read.begin());
            if (read.applied() < before) {
                complain(Kind.NOT_MONOTONIC, told(read) + " began when " + before + " had been seen");
            }
            if (read.applied() < timeline.lastKnown(read.minSeqId(), read.begin())) {
                complain(Kind.MIN_SEQ_ID, told(read) + " was to wait for " + read.minSeqId());
            }
            if (timeline.latestBegin(read.applied()) > read.end()) {
                complain(Kind.FUTURE, told(read) + " was there before one of its writes began");
            }
        }
    }

    private void checkFresh(Read read, Floors acked, Floors own) {
        if (read.level() != ReadLevel.INDEX_AND_WAL) {
            return;
        }
        if (read.applied() < own.before(read.begin())) {
            complain(Kind.READ_YOUR_WRITES, told(read) + " began when its client's own write to "
                    + own.before(read.begin()) + " was acked");
        } else if (read.applied() < acked.before(read.begin())) {
            complain(Kind.STALE_READ,
                    told(read) + " began when " + acked.before(read.begin()) + " was acked");
        }
    }

    static String told(Read read) {
        String text = "client " + read.client() + "'s " + read.question().kind() + " at " + read.level()
                + " of position " + read.applied() + " (linked " + read.linked() + ", life " + read.life()
                + ")";
        return text + (read.question().ids() == null ? "" : " of " + read.question().ids())
                + (read.question().group() == null ? "" : " in group " + read.question().group());
    }

    private void complain(Kind kind, String message) {
        if (violations.size() < VIOLATIONS_MAX) {
            violations.add(new Violation(kind, message.length() > MESSAGE_CHARS_MAX
                    ? message.substring(0, MESSAGE_CHARS_MAX)
                    : message));
        }
    }
}
