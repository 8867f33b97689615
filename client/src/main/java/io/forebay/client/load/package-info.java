/**
 * Loads many records: batches made, sent at once and sized by what the server acknowledges, with a
 * checkpoint from which a load goes on after any crash. Start reading at {@link
 * io.forebay.client.load.BulkLoader}; {@code Flow} holds all state, {@code BatchPlan} says which positions
 * of the source belong to which batch, {@code LoadController} finds the best batch size and concurrency.
 */
@NullMarked
package io.forebay.client.load;

import org.jspecify.annotations.NullMarked;
