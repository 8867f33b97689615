/**
 * Looks at a whole store that is not running, and writes nothing to it; and derives again what can be derived. Start
 * at {@link io.forebay.engine.check.StoreCheck}.
 */
@NullMarked
package io.forebay.engine.check;

import org.jspecify.annotations.NullMarked;
