/**
 * Files that must survive a crash or be kept from others: {@link io.forebay.model.file.DurableFiles} for what is replaced
 * as a whole, {@link io.forebay.model.file.OwnerOnly} for what nobody else may read. Here because client, index, engine,
 * imports and server all need them, and {@code model} is what all of them see.
 */
@NullMarked
package io.forebay.model.file;

import org.jspecify.annotations.NullMarked;
