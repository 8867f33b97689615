package io.forebay.bench.index;

/**
 * What one thread was answered.
 *
 * @param found    of each query, the ordinals that the first pass found
 * @param searches how many were timed
 */
@SuppressWarnings("ArrayRecordComponent")
record Answers(int[][] found, long searches, Times times) {

    /** One search. */
    interface Search {
        int[] of(int query) throws Exception;
    }

    /** Asks all queries, again and again until so much CPU time was used. */
    static Answers ask(int queries, double secondsMin, Search search) throws Exception {
        int[][] found = new int[queries][];
        Times[] total = {new Times(0, 0)};
        long searches = 0;
        do {
            boolean first = searches == 0;
            total[0] = total[0].plus(Times.of(() -> {
                for (int query = 0; query < queries; query++) {
                    int[] ordinals = search.of(query);
                    if (first) {
                        found[query] = ordinals;
                    }
                }
            }));
            searches += queries;
        } while (total[0].cpuSeconds() < secondsMin);
        return new Answers(found, searches, total[0]);
    }

    double perCpuSecond() {
        return searches / times.cpuSeconds();
    }

    double cpuMicrosEach() {
        return times.cpuSeconds() * 1e6 / searches;
    }
}
