package io.forebay.engine;

import io.forebay.model.LagPolicy;
import java.util.Locale;

/**
 * What is done before too much waits, is in memory or is on the disk. A collection's own settings win over the three of the
 * lag, which is that of the index: what is in the log and not yet linked.
 *
 * @param lagPolicy              what happens to writes of a collection whose lag exceeds one of the two bounds
 * @param lagRecordsMax          records not yet linked of a collection
 * @param lagSecondsMax          age of the oldest of them
 * @param lagDelayMillisMax      longest time that an ack is held back with {@code SLOW}; a write that would wait longer
 *                               is refused
 * @param diskWatermarkBytes     free space below which health warns; 0 for twice the reserve
 * @param memoryWatermarkPercent of the heap (after a collection of garbage) and of what there is outside it, above
 *                               which writes are refused; 0 for never
 */
public record PressureOptions(LagPolicy lagPolicy, long lagRecordsMax, long lagSecondsMax,
        long lagDelayMillisMax, long diskWatermarkBytes, int memoryWatermarkPercent) {

    public PressureOptions {
        check(lagRecordsMax >= 1, "lagRecordsMax", lagRecordsMax, "at least 1");
        check(lagSecondsMax >= 1, "lagSecondsMax", lagSecondsMax, "at least 1");
        check(lagDelayMillisMax >= 1, "lagDelayMillisMax", lagDelayMillisMax, "at least 1");
        check(diskWatermarkBytes >= 0, "diskWatermarkBytes", diskWatermarkBytes, "at least 0");
        check(memoryWatermarkPercent >= 0 && memoryWatermarkPercent <= 100, "memoryWatermarkPercent",
                memoryWatermarkPercent, "0 to 100");
    }

    public static PressureOptions defaults() {
        return new PressureOptions(LagPolicy.ACCEPT, 1_000_000, 600, 10_000, 0, 90);
    }

    public PressureOptions withLag(LagPolicy policy, long recordsMax, long secondsMax) {
        return new PressureOptions(policy, recordsMax, secondsMax, lagDelayMillisMax, diskWatermarkBytes,
                memoryWatermarkPercent);
    }

    public PressureOptions withLagDelayMillisMax(long value) {
        return new PressureOptions(lagPolicy, lagRecordsMax, lagSecondsMax, value, diskWatermarkBytes,
                memoryWatermarkPercent);
    }

    public PressureOptions withDiskWatermarkBytes(long value) {
        return new PressureOptions(lagPolicy, lagRecordsMax, lagSecondsMax, lagDelayMillisMax, value,
                memoryWatermarkPercent);
    }

    public PressureOptions withMemoryWatermarkPercent(int value) {
        return new PressureOptions(lagPolicy, lagRecordsMax, lagSecondsMax, lagDelayMillisMax,
                diskWatermarkBytes, value);
    }

    private static void check(boolean ok, String name, long value, String range) {
        if (!ok) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "%s is %d, must be %s", name, value, range));
        }
    }
}
