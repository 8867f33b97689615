package io.forebay.bench.http;

import io.forebay.bench.report.Latencies;

/**
 * So many requests of one kind to one server, one after the other on one connection.
 *
 * @param matches how many records an answer had, on average
 */
record FilterRun(int round, String server, String kind, Latencies latency, double meanMillis,
        double matches) {}
