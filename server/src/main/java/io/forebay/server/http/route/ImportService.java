package io.forebay.server.http.route;

import io.forebay.etl.Imports;

/**
 * An open import service and what of its settings concerns HTTP.
 *
 * @param imports          not owned
 * @param uploadBytesMax   of one upload
 * @param uploadsAtOnceMax uploads that are received at the same time
 * @param intervalMillis   between two events of a job
 */
public record ImportService(Imports imports, long uploadBytesMax, int uploadsAtOnceMax,
        long intervalMillis) {}
