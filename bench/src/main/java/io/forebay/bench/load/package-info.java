/**
 * What benchmarks drive: records of a real dataset as batches ({@link io.forebay.bench.load.BatchSource}), a
 * server as a child process ({@link io.forebay.bench.load.ServerProcess}), clients that load it
 * ({@link io.forebay.bench.load.HttpLoad}) and searchers that query it ({@link
 * io.forebay.bench.load.QueryLoad}). Threads are made in {@code BenchThreads} only.
 */
@NullMarked
package io.forebay.bench.load;

import org.jspecify.annotations.NullMarked;
