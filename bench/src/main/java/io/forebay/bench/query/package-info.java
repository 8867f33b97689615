/**
 * {@code bench query --curve}: recall and queries/s at several widths of the search, in process, over HTTP and over the binary
 * protocol, when all is linked and while records are written ({@link io.forebay.bench.query.CurveBench}).
 */
@NullMarked
package io.forebay.bench.query;

import org.jspecify.annotations.NullMarked;
