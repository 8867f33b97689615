package io.forebay.engine.history;

import io.forebay.model.ReadLevel;
import java.util.List;

/**
 * A read that was answered.
 *
 * @param life     of the store: positions seen in an earlier life bind only reads that wait for what was acked
 * @param minSeqId as demanded, 0 for none
 * @param begin    before it was sent, in nanoseconds
 * @param end      when its answer was there
 * @param applied  the position that the answer told
 * @param linked   likewise
 * @param count    of a count; else how many records were answered
 */
public record Read(int client, int life, ReadLevel level, long minSeqId, Question question, long begin,
        long end,
        long applied, long linked, long count, List<Seen> seen) {}
