/**
 * Which Forebay made a store, which formats it has, and how an older one becomes a newer one. Start at {@link
 * io.forebay.engine.manifest.StoreUpgrade}.
 */
@NullMarked
package io.forebay.engine.manifest;

import org.jspecify.annotations.NullMarked;
