/**
 * The Java client of a Forebay server (or of any server that speaks Chroma's v2 HTTP API). Java 17; needs
 * the model and a JSON parser, nothing else.
 *
 * <p>Start reading at {@link io.forebay.client.ForebayClient}, then {@link
 * io.forebay.client.CollectionClient}. How a batch becomes a request body is told in {@code BatchBody};
 * what happens between a call and its answer (timeouts, retries, errors) in {@code HttpTransport}. Datasets
 * on disk are read in {@link io.forebay.client.dataset}.
 */
@NullMarked
package io.forebay.client;

import org.jspecify.annotations.NullMarked;
