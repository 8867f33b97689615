package io.forebay.bench.life;

import java.util.Locale;

/**
 * One start.
 *
 * @param listensSeconds     from the start of the process until it said that it listens
 * @param firstAnswerSeconds until the first query was answered, with as many hits as were asked for
 * @param readySeconds       until every collection was opened, all was applied and linked, and a query was answered again
 * @param firstQueryMillis   the first query by itself
 * @param readyQueryMillis   the query when all was ready
 * @param replayed           records that were acked and not linked when the server went
 */
public record RestartRun(int round, int records, End end, double listensSeconds, double firstAnswerSeconds,
        double readySeconds, double firstQueryMillis, double readyQueryMillis, long replayed,
        long residentBytes) {

    /** How the server before it ended. */
    public enum End {
        /** SIGTERM, at rest. */
        TERM,
        /** SIGKILL, with writes right before it. */
        KILL;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
