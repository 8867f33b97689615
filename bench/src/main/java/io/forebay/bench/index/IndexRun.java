package io.forebay.bench.index;

/**
 * One repetition of one side. What was not measured is NaN.
 *
 * @param measurement what is compared and on which set, such as {@code build_low128}
 * @param side        who did it, or under which condition
 * @param count       vectors linked, queries answered, records held: what a rate or a share is of
 * @param cpuSeconds  of the one thread that did it
 * @param recall      recall@10 of it
 * @param amount      bytes that it takes, or what else the measurement counts
 */
record IndexRun(int round, String measurement, String side, double count, double cpuSeconds,
        double wallSeconds, double recall, double amount) {

    static IndexRun timed(int round, String measurement, String side, double count, Times times,
            double recall) {
        if (!(times.wallSeconds() > 0) || !(count > 0)) {
            throw new IllegalArgumentException(measurement + ", " + side + ": " + count + " in "
                    + times.wallSeconds() + " s makes no rate");
        }
        return new IndexRun(round, measurement, side, count, times.cpuSeconds(), times.wallSeconds(), recall,
                Double.NaN);
    }

    static IndexRun counted(int round, String measurement, String side, double count, double amount) {
        return new IndexRun(round, measurement, side, count, Double.NaN, Double.NaN, Double.NaN, amount);
    }

    double perCpuSecond() {
        return count / cpuSeconds;
    }

    double perWallSecond() {
        return count / wallSeconds;
    }

    double cpuMicrosEach() {
        return cpuSeconds * 1e6 / count;
    }

    double amountEach() {
        return amount / count;
    }
}
