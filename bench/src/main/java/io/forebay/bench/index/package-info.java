/**
 * Micro-benchmarks of the vector segment: {@link io.forebay.bench.index.KernelBenchmark} (JMH) for the
 * distances, and {@link io.forebay.bench.index.SegmentBenchmark} for linking, graph search and exact scan on
 * the real data.
 */
@NullMarked
package io.forebay.bench.index;

import org.jspecify.annotations.NullMarked;
