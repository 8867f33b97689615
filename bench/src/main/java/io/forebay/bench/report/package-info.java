/**
 * What a benchmark says: {@link io.forebay.bench.report.Figure}s with median and spread, the machine they
 * were taken on, a table for people and a JSON file ({@link io.forebay.bench.report.BenchResult}) for
 * everything else.
 */
@NullMarked
package io.forebay.bench.report;

import org.jspecify.annotations.NullMarked;
