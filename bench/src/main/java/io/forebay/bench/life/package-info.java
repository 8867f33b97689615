/**
 * Servers that are stopped, killed and started again: how soon they are there ({@link io.forebay.bench.life.RestartBench}), and what
 * a long mixed load with kills in it shows ({@link io.forebay.bench.life.SoakBench}).
 */
@NullMarked
package io.forebay.bench.life;

import org.jspecify.annotations.NullMarked;
