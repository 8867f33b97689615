/**
 * {@code bench import}: files into collections by the import service, each measurement in a process of its own. Start at
 * {@link io.forebay.bench.imports.ImportBench}.
 */
@NullMarked
package io.forebay.bench.imports;

import org.jspecify.annotations.NullMarked;
