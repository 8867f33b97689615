/** Micro-benchmarks of the HTTP codecs; start at {@link io.forebay.bench.http.DecodeBenchmark}. */
@NullMarked
package io.forebay.bench.http;

import org.jspecify.annotations.NullMarked;
