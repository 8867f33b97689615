/**
 * Datasets on disk: documents as lines of JSON, embeddings and exact answers as NumPy arrays, read as
 * streams and checked while they are read.
 *
 * <p>Start reading at {@link io.forebay.client.dataset.Datasets}, which finds the real set or the shipped
 * sample, then {@link io.forebay.client.dataset.Dataset}. A damaged file is a {@link
 * io.forebay.client.dataset.DatasetException} that names the file and the line or offset.
 */
@NullMarked
package io.forebay.client.dataset;

import org.jspecify.annotations.NullMarked;
