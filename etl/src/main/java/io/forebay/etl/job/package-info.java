/** Imports as data: what is asked for, where a job stands, how that is kept. Start at {@link io.forebay.etl.job.Job}. */
@NullMarked
package io.forebay.etl.job;

import org.jspecify.annotations.NullMarked;
