/**
 * Copies collections from a running server, Chroma's own or one of ours, into a running Forebay: what there is to copy
 * ({@link io.forebay.server.migrate.ServerSource}), where to ({@link io.forebay.server.migrate.MigrationTarget}), one
 * collection ({@link io.forebay.server.migrate.CollectionCopy}), how far it is
 * ({@link io.forebay.server.migrate.MigrationState}), whether it is the same
 * ({@link io.forebay.server.migrate.Comparison}), and all of them ({@link io.forebay.server.migrate.Migration}).
 */
@NullMarked
package io.forebay.server.migrate;

import org.jspecify.annotations.NullMarked;
