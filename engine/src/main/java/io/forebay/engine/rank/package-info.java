/**
 * What a search makes of the records that its {@code $knn} found: scores, order, groups. Pure computation on arrays: no
 * store, no threads, no clock.
 *
 * <p>Start reading at {@link io.forebay.engine.rank.Ranking}.
 */
@NullMarked
package io.forebay.engine.rank;

import org.jspecify.annotations.NullMarked;
