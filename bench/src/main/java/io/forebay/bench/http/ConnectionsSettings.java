package io.forebay.bench.http;

import io.forebay.model.Durability;
import io.forebay.model.LagPolicy;
import java.util.List;

/**
 * What {@link ConnectionsBench} does.
 *
 * @param connections   how many write at once, a run for each
 * @param policies      with each of these
 * @param seconds       of one run, behind a warm-up of a fifth of that
 * @param batchRecords  of one request
 * @param lagRecordsMax bound of the collection's lag
 */
public record ConnectionsSettings(List<Integer> connections, List<LagPolicy> policies, double seconds,
        int batchRecords, long lagRecordsMax, Durability durability) {}
