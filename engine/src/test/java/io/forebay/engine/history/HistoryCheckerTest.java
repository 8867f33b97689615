package io.forebay.engine.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.engine.history.Question.Kind;
import io.forebay.model.Operation;
import io.forebay.model.ReadLevel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The checker finds nothing in a history that is right, and each kind of violation in one where it was planted. */
class HistoryCheckerTest {
    private static final Question ALL = new Question(Kind.GET, null, null, null, 0);
    private static final Question HOW_MANY = new Question(Kind.COUNT, null, null, null, 0);

    private final History history = new History();

    /** Four batches, seqIds 1-2, 3-5, 6 and 7. */
    @BeforeEach
    void write() {
        history.add(new Write(1, Operation.UPSERT, List.of("a", "b"), 1, true, 10, 20, 2, 2));
        history.add(new Write(2, Operation.UPSERT, List.of("a", "b", "c"), 2, true, 30, 40, 5, 3));
        history.add(new Write(1, Operation.UPDATE, List.of("a"), 3, false, 50, 60, 6, 1));
        history.add(new Write(2, Operation.DELETE, List.of("c"), 0, false, 200, 210, 7, 1));
    }

    /** What is in force at the position, as a read of all should show it. */
    private Map<String, Seen> at(long position) {
        Map<String, RecordState> state = new TreeMap<>();
        history.writes().stream().filter(write -> write.isLogged() && write.maxSeqId() <= position)
                .sorted(Comparator.comparingLong(Write::maxSeqId))
                .forEach(write -> write.ids().forEach(id -> state.compute(id,
                        (key, before) -> RecordState.after(write, before))));
        Map<String, Seen> seen = new TreeMap<>();
        state.forEach((id, record) -> seen.put(id, new Seen(id, record.metadata(),
                Content.document(id, record.documentStamp()), Content.vector(id, record.vectorStamp()),
                Float.NaN)));
        return seen;
    }

    private void read(int client, int life, ReadLevel level, long minSeqId, long begin, long end,
            long position,
            Map<String, Seen> seen) {
        history.add(new Read(client, life, level, minSeqId, ALL, begin, end, position, position, seen.size(),
                new ArrayList<>(seen.values())));
    }

    private void read(int client, ReadLevel level, long begin, long end, long position) {
        read(client, 0, level, 0, begin, end, position, at(position));
    }

    private void finds(Violation.Kind... kinds) {
        assertThat(new HistoryChecker().check(history)).extracting(Violation::kind).containsOnly(kinds);
    }

    private void findsNothing() {
        assertThat(new HistoryChecker().check(history)).isEmpty();
    }

    @Test
    void aHistoryThatIsRightPasses() {
        read(3, ReadLevel.INDEX_AND_WAL, 1, 5, 0);
        read(3, ReadLevel.INDEX_AND_WAL, 15, 25, 2);
        read(1, ReadLevel.INDEX_ONLY, 35, 45, 2);
        read(3, ReadLevel.INDEX_AND_WAL, 70, 80, 6);
        read(2, ReadLevel.INDEX_AND_WAL, 220, 230, 7);
        history.add(
                new Read(4, 0, ReadLevel.INDEX_AND_BOUNDED_WAL, 7, HOW_MANY, 220, 230, 7, 7, 2, List.of()));
        findsNothing();
    }

    @Test
    void aSecondHistoryGoesOnWhereTheFirstEnded() {
        HistoryChecker checker = new HistoryChecker();
        read(3, ReadLevel.INDEX_AND_WAL, 220, 230, 7);
        Map<String, Seen> end = at(7);
        assertThat(checker.check(history)).isEmpty();
        History second = new History();
        second.add(
                new Read(3, 0, ReadLevel.INDEX_ONLY, 0, ALL, 300, 310, 7, 7, 2, List.copyOf(end.values())));
        assertThat(checker.check(second)).isEmpty();
        History third = new History();
        third.add(new Read(3, 0, ReadLevel.INDEX_ONLY, 0, ALL, 320, 330, 6, 6, 2, List.copyOf(end.values())));
        third.add(new Read(4, 1, ReadLevel.INDEX_AND_WAL, 0, ALL, 320, 330, 6, 6, 2,
                List.copyOf(end.values())));
        assertThat(checker.check(third)).extracting(Violation::kind)
                .contains(Violation.Kind.NOT_MONOTONIC, Violation.Kind.STALE_READ);
    }

    @Test
    void seqIdsThatWereGivenTwice() {
        history.add(new Write(3, Operation.UPSERT, List.of("x", "y"), 9, true, 220, 230, 7, 2));
        finds(Violation.Kind.ORDER);
    }

    @Test
    void aWriteThatIsInTheLogBeforeOneThatHadEnded() {
        history.add(new Write(3, Operation.UPSERT, List.of("x"), 9, true, 220, 230, 9, 1));
        history.add(new Write(3, Operation.UPSERT, List.of("y"), 10, true, 240, 250, 8, 1));
        finds(Violation.Kind.ORDER);
    }

    @Test
    void aClientThatDoesNotSeeItsOwnWrite() {
        read(1, ReadLevel.INDEX_AND_WAL, 70, 80, 5);
        finds(Violation.Kind.READ_YOUR_WRITES);
    }

    @Test
    void aReadThatDoesNotWaitForWhatWasAcked() {
        read(3, ReadLevel.INDEX_AND_WAL, 70, 80, 5);
        finds(Violation.Kind.STALE_READ);
    }

    @Test
    void atTheOtherLevelsThatIsAllowed() {
        read(1, ReadLevel.INDEX_ONLY, 70, 80, 5);
        read(3, ReadLevel.INDEX_AND_BOUNDED_WAL, 70, 80, 5);
        findsNothing();
    }

    @Test
    void aReadThatGoesBackBehindAnotherClients() {
        read(3, ReadLevel.INDEX_ONLY, 70, 80, 6);
        read(4, ReadLevel.INDEX_ONLY, 90, 95, 5);
        finds(Violation.Kind.NOT_MONOTONIC);
    }

    @Test
    void afterARestartOnlyReadsThatWaitAreBoundByWhatWasSeenBefore() {
        read(3, 0, ReadLevel.INDEX_ONLY, 0, 52, 54, 6, at(6));
        read(3, 1, ReadLevel.INDEX_ONLY, 0, 55, 56, 5, at(5));
        findsNothing();
        read(3, 1, ReadLevel.INDEX_AND_WAL, 0, 57, 58, 5, at(5));
        finds(Violation.Kind.NOT_MONOTONIC);
    }

    @Test
    void aReadThatDoesNotReachTheSeqIdItWasToWaitFor() {
        read(3, 0, ReadLevel.INDEX_ONLY, 6, 70, 80, 5, at(5));
        finds(Violation.Kind.MIN_SEQ_ID);
    }

    @Test
    void aSeqIdOfAnotherCollectionBindsToWhatWasAckedUpToIt() {
        read(3, 0, ReadLevel.INDEX_ONLY, 100, 55, 58, 5, at(5));
        findsNothing();
        read(3, 0, ReadLevel.INDEX_ONLY, 100, 70, 80, 5, at(5));
        finds(Violation.Kind.MIN_SEQ_ID);
    }

    @Test
    void aReadThatSeesAWriteWhichHadNotBegun() {
        read(3, ReadLevel.INDEX_ONLY, 41, 45, 6);
        finds(Violation.Kind.FUTURE);
    }

    @Test
    void aPositionInsideOfABatch() {
        read(3, 0, ReadLevel.INDEX_ONLY, 0, 70, 80, 4, at(2));
        finds(Violation.Kind.HALF_BATCH);
    }

    @Test
    void aBatchOfWhichOneRecordIsMissing() {
        Map<String, Seen> seen = at(5);
        seen.put("b", at(2).get("b"));
        read(3, 0, ReadLevel.INDEX_ONLY, 0, 45, 48, 5, seen);
        finds(Violation.Kind.HALF_BATCH);
    }

    @Test
    void aBatchOfWhichOneRecordIsNotThereAtAll() {
        Map<String, Seen> seen = at(5);
        seen.remove("c");
        read(3, 0, ReadLevel.INDEX_ONLY, 0, 45, 48, 5, seen);
        finds(Violation.Kind.HALF_BATCH);
    }

    @Test
    void anUpdateThatALaterOneOverwroteThoughItTouchedOtherFields() {
        Map<String, Seen> seen = at(6);
        Seen a = seen.get("a");
        Map<String, Long> metadata = new TreeMap<>(a.metadata());
        metadata.remove(Content.by(2));
        seen.put("a", new Seen("a", metadata, a.document(), a.embedding(), a.distance()));
        read(3, 0, ReadLevel.INDEX_ONLY, 0, 70, 80, 6, seen);
        finds(Violation.Kind.LOST_UPDATE);
    }

    @Test
    void anEmbeddingThatAnUpdateWithoutOneTookAway() {
        Map<String, Seen> seen = at(6);
        Seen a = seen.get("a");
        seen.put("a", new Seen("a", a.metadata(), a.document(), Content.vector("a", 1), a.distance()));
        read(3, 0, ReadLevel.INDEX_ONLY, 0, 70, 80, 6, seen);
        finds(Violation.Kind.LOST_UPDATE);
    }

    @Test
    void anAnswerThatIsRightForAnotherPosition() {
        read(3, 0, ReadLevel.INDEX_ONLY, 0, 70, 80, 5, at(6));
        finds(Violation.Kind.OTHER_POSITION);
    }

    @Test
    void aRecordThatWasDeletedAndIsThereAgain() {
        Map<String, Seen> seen = at(7);
        seen.put("c", at(6).get("c"));
        read(3, 0, ReadLevel.INDEX_ONLY, 0, 220, 230, 7, seen);
        finds(Violation.Kind.WRONG_ANSWER);
    }

    @Test
    void aCountThatIsTheSizeAtNoPosition() {
        history.add(new Read(3, 0, ReadLevel.INDEX_ONLY, 0, HOW_MANY, 220, 230, 7, 7, 9, List.of()));
        finds(Violation.Kind.WRONG_ANSWER);
    }

    @Test
    void aDeleteOfOwnRecordsThatFindsAnotherNumber() {
        history.add(new Write(5, Operation.UPSERT, List.of("own-5-1", "own-5-2"), 9, true, 220, 230, 9, 2));
        history.add(new Write(5, Operation.DELETE, List.of("own-5-1", "own-5-2"), 0, false, 240, 250, 10, 1));
        finds(Violation.Kind.DELETE_COUNT);
    }

    @Test
    void aDeleteOfOwnRecordsThatFindsNone() {
        history.add(new Write(5, Operation.UPSERT, List.of("own-5-1"), 9, true, 220, 230, 8, 1));
        history.add(new Write(5, Operation.DELETE, List.of("own-5-1"), 0, false, 240, 250, 8, 0));
        finds(Violation.Kind.DELETE_COUNT);
    }

    @Test
    void aQueryThatMissesWhatIsNearerThanItsLastHit() {
        float[] vector = Content.vector("a", 2);
        Question nearest = new Question(Kind.QUERY, null, null, vector, 2);
        List<Seen> hits = new ArrayList<>();
        at(5).values().forEach(one -> hits.add(new Seen(one.id(), one.metadata(), one.document(), null,
                (float) Content.squaredL2(vector, one.embedding()))));
        hits.sort(Comparator.comparingDouble(Seen::distance));
        history.add(new Read(3, 0, ReadLevel.INDEX_AND_BOUNDED_WAL, 0, nearest, 41, 45, 5, 0, 2,
                hits.subList(0, 2)));
        // All three embeddings are of the batch 3-5: with linked at 2 each of them may be missing.
        history.add(new Read(3, 0, ReadLevel.INDEX_ONLY, 0, nearest, 41, 45, 5, 2, 1, hits.subList(2, 3)));
        findsNothing();
        history.add(new Read(3, 0, ReadLevel.INDEX_ONLY, 0, nearest, 41, 45, 5, 5, 1, hits.subList(2, 3)));
        finds(Violation.Kind.WRONG_ANSWER);
    }
}
