/**
 * The benchmarks behind every figure that Forebay claims: {@code ./forebay bench …}.
 *
 * <p>Start reading at {@link io.forebay.bench.Main}. {@code run} holds one class per command, {@code load} what they
 * drive (the records, a server as a child process, clients), {@code report} what they print and write. The other
 * packages are JMH micro-benchmarks, reached by {@code bench jmh}. {@code bench/README.md} says what each figure means.
 */
@NullMarked
package io.forebay.bench;

import org.jspecify.annotations.NullMarked;
