package io.forebay.client;

/**
 * How far {@link ForebayClient#addParallel} is.
 *
 * @param collection   the one that moved
 * @param records      acknowledged of this collection
 * @param recordsOfAll acknowledged of all
 * @param isOver       this collection is done or has failed
 */
public record UploadProgress(CollectionClient collection, long records, long recordsOfAll, boolean isOver) {}
