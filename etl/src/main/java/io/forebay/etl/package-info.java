/**
 * The import service: files of any size become searchable, as background jobs. Start at {@link io.forebay.etl.Imports}.
 */
@NullMarked
package io.forebay.etl;

import org.jspecify.annotations.NullMarked;
