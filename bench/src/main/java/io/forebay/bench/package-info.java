/**
 * The benchmarks behind every figure that Forebay claims: {@code ./forebay bench …}.
 *
 * <p>Start reading at {@link io.forebay.bench.Main}. {@code run} holds one class per command, {@code load} what they
 * drive (the records, a server as a child process, clients, open and closed loops), {@code data} datasets that are not ours,
 * {@code report} what they print and write, {@code page} the page that is drawn of it. The other packages are parts of single
 * commands, and JMH micro-benchmarks, reached by {@code bench jmh}. {@code bench/README.md} says what each figure means.
 */
@NullMarked
package io.forebay.bench;

import org.jspecify.annotations.NullMarked;
