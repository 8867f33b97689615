/**
 * Many collections and many clients on one server: what they cost each other. Uploads at once beside one after the other
 * ({@link io.forebay.bench.many.ParallelUploadBench}), a small collection beside the backlog of a large one ({@link
 * io.forebay.bench.many.FairnessBench}), thousands of collections ({@link io.forebay.bench.many.CollectionsBench}).
 */
@NullMarked
package io.forebay.bench.many;

import org.jspecify.annotations.NullMarked;
