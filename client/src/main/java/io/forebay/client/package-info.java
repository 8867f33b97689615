/**
 * The Java client of a Forebay server (or of any server that speaks Chroma's v2 HTTP API). Java 17; needs
 * the model and a JSON parser, nothing else.
 *
 * <p>Start reading at {@link io.forebay.client.ForebayClient}, then {@link
 * io.forebay.client.CollectionClient}. Below them: {@code Retrying} decides what is tried again, {@code Transport} is one
 * attempt; {@code HttpTransport} makes requests ({@code BatchBody}: how a batch becomes a body), {@code BinaryTransport}
 * frames, over {@code WirePool}, {@code WireConnection} and {@code WireWriter}. Datasets on disk are read in {@link
 * io.forebay.client.dataset}.
 */
@NullMarked
package io.forebay.client;

import org.jspecify.annotations.NullMarked;
