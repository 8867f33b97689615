/**
 * The files of an open store at one moment, under second names: begin at {@link io.forebay.engine.snapshot.Snapshot}. Backups
 * are made of them.
 */
@NullMarked
package io.forebay.engine.snapshot;

import org.jspecify.annotations.NullMarked;
