/** Benchmarks of the record segment: start at {@link io.forebay.bench.record.ApplyBenchmark}; filters in {@code FilterBenchmark}. */
@NullMarked
package io.forebay.bench.record;

import org.jspecify.annotations.NullMarked;
