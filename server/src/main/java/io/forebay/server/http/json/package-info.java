/**
 * JSON bodies to the words of the model and back, as a stream: no tree of the whole body, no object per number.
 *
 * <p>Start reading at {@link io.forebay.server.http.json.Json#decode}, which decides what a bad body answers (syntax
 * 400, shape 422), then {@link io.forebay.server.http.json.BatchDecoder}, the one decoder that has to be fast.
 * Encoders write to a Jackson generator and know nothing of HTTP.
 *
 * <p>Jackson reads and writes everything but floats. Arrays of numbers and base64 are taken from the bytes of the body,
 * beside Jackson and only where it would find nothing wrong ({@code BodyParser}, {@code FloatReader}), and
 * floats are written into its buffer ({@code BodyGenerator}, {@code FloatWriter}).
 */
@NullMarked
package io.forebay.server.http.json;

import org.jspecify.annotations.NullMarked;
