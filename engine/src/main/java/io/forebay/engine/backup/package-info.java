/**
 * Backups: a store's files of one moment in a repository of their own, from which a store can be made again.
 *
 * <p>{@link io.forebay.engine.backup.Backups} makes them of an open store, {@link io.forebay.engine.backup.Repository} is
 * the directory, {@link io.forebay.engine.backup.Restoring} makes a store. Format: {@link
 * io.forebay.engine.backup.Manifest}.
 */
@NullMarked
package io.forebay.engine.backup;

import org.jspecify.annotations.NullMarked;
