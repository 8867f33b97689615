/**
 * {@code bench report}: one page of HTML, with everything in it, of the results of benchmarks. {@link io.forebay.bench.page.ResultFile}
 * reads them, {@link io.forebay.bench.page.Chart} draws their plots as SVG, {@link io.forebay.bench.page.Page} puts it together.
 *
 * <p>Everything that comes from a file goes through {@link io.forebay.bench.page.Markup}, which escapes it.
 */
@NullMarked
package io.forebay.bench.page;

import org.jspecify.annotations.NullMarked;
