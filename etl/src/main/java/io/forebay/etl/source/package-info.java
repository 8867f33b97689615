/**
 * Where files come from besides an upload: web addresses, object storage, paged interfaces. Each is brought into a local
 * file first ({@link io.forebay.etl.source.Fetch}), so that a job reads all of them alike and resumes alike. Start at
 * {@link io.forebay.etl.source.Sources}; what may be asked at all is decided in {@code AddressRules} alone.
 */
@NullMarked
package io.forebay.etl.source;

import org.jspecify.annotations.NullMarked;
