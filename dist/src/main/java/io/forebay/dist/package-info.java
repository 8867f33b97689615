/**
 * Makes what is handed out: the archive with its own Java runtime, the Debian package and the container image. It runs
 * in {@code mvn -Pdist package}, on the JDK whose runtime goes into them, and is in none of them.
 *
 * <p>All three are made from one folder ({@link io.forebay.dist.Layout}), and the same sources give the same bytes:
 * names in order, one time for all files, owner and permissions by rule and not by what the builder's file system says.
 */
@NullMarked
package io.forebay.dist;

import org.jspecify.annotations.NullMarked;
