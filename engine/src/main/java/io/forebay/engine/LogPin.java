package io.forebay.engine;

import io.forebay.model.CollectionInfo;

/**
 * A collection that keeps full files of the log from being deleted, because not all that they hold of it is in a
 * checkpoint.
 *
 * @param extents how many files
 * @param bytes   what they take on disk; a file that several collections keep counts for each of them
 */
public record LogPin(CollectionInfo collection, int extents, long bytes) {}
