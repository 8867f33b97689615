/**
 * {@code bench ingest --matrix}: every combination of transport, clients, size of batches, dimension, durability, mode and number of
 * collections that was asked for ({@link io.forebay.bench.ingest.IngestAxes}), each on a server of its own, in turns ({@link
 * io.forebay.bench.ingest.MatrixBench}).
 */
@NullMarked
package io.forebay.bench.ingest;

import org.jspecify.annotations.NullMarked;
