/**
 * The HTTP codecs by themselves, and servers over the wire: ours and Chroma's own, asked by one client. Start at
 * {@link io.forebay.bench.http.HttpBench}; {@link io.forebay.bench.http.DecodeBenchmark} is for JMH.
 */
@NullMarked
package io.forebay.bench.http;

import org.jspecify.annotations.NullMarked;
