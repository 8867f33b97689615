/** What those cost who look at a server in the console: begin at {@link io.forebay.bench.console.ViewersBench}. */
@NullMarked
package io.forebay.bench.console;

import org.jspecify.annotations.NullMarked;
