package io.forebay.model;

import org.jspecify.annotations.Nullable;

/**
 * How a collection is written and read, as far as it is not to be as the server says; each may be changed at any time. Null
 * stands for the server's own setting.
 *
 * @param batchIngest   acknowledge from the log (true) or wait until linked (false)
 * @param durability    when its writes are acknowledged unless a request says otherwise
 * @param readLevel     how fresh its reads are unless a request says otherwise
 * @param lagPolicy     what happens to writes when its lag exceeds one of the two bounds
 * @param lagRecordsMax bound of its lag, in records; from 1
 * @param lagSecondsMax bound of its lag, in seconds; from 1
 */
public record CollectionSettings(@Nullable Boolean batchIngest, @Nullable Durability durability,
        @Nullable ReadLevel readLevel, @Nullable LagPolicy lagPolicy, @Nullable Long lagRecordsMax,
        @Nullable Long lagSecondsMax) {
    /** All as the server says. */
    public static final CollectionSettings NONE = new CollectionSettings(null, null, null, null, null, null);

    public CollectionSettings {
        check("lag_records_max", lagRecordsMax);
        check("lag_seconds_max", lagSecondsMax);
    }

    public CollectionSettings withBatchIngest(@Nullable Boolean changed) {
        return new CollectionSettings(changed, durability, readLevel, lagPolicy, lagRecordsMax,
                lagSecondsMax);
    }

    public CollectionSettings withDurability(@Nullable Durability changed) {
        return new CollectionSettings(batchIngest, changed, readLevel, lagPolicy, lagRecordsMax,
                lagSecondsMax);
    }

    public CollectionSettings withReadLevel(@Nullable ReadLevel changed) {
        return new CollectionSettings(batchIngest, durability, changed, lagPolicy, lagRecordsMax,
                lagSecondsMax);
    }

    public CollectionSettings withLag(@Nullable LagPolicy policy, @Nullable Long recordsMax,
            @Nullable Long secondsMax) {
        return new CollectionSettings(batchIngest, durability, readLevel, policy, recordsMax, secondsMax);
    }

    /** These, and where they say nothing, the others. */
    public CollectionSettings over(CollectionSettings others) {
        return new CollectionSettings(or(batchIngest, others.batchIngest), or(durability, others.durability),
                or(readLevel, others.readLevel), or(lagPolicy, others.lagPolicy),
                or(lagRecordsMax, others.lagRecordsMax), or(lagSecondsMax, others.lagSecondsMax));
    }

    private static <T> @Nullable T or(@Nullable T own, @Nullable T other) {
        return own == null ? other : own;
    }

    private static void check(String name, @Nullable Long bound) {
        if (bound != null && bound < 1) {
            throw ForebayException.invalid(name + " must be at least 1. Got: " + bound);
        }
    }
}
