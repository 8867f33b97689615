package io.forebay.bench.http;

/**
 * One repetition of one codec on one thread.
 *
 * @param measurement such as {@code decode_base64}
 * @param side        who did it: {@code forebay}, {@code jackson}, {@code copy}
 * @param bytes       of text
 * @param cpuSeconds  of the thread
 * @param garbagePerFloat bytes of heap allocated beside the result, per float
 */
record CodecRun(int round, String measurement, String side, long bytes, double cpuSeconds,
        double garbagePerFloat) {

    double megabytesPerSecond() {
        return bytes / cpuSeconds / 1e6;
    }
}
