/**
 * {@code bench index}: the vector segment against the graphs of others. Start at {@link
 * io.forebay.bench.index.IndexBench}; each part is a class named {@code *Part}, what a side does is in the
 * {@code *Graph}s. {@link io.forebay.bench.index.KernelBenchmark} has the distances for JMH.
 */
@NullMarked
package io.forebay.bench.index;

import org.jspecify.annotations.NullMarked;
