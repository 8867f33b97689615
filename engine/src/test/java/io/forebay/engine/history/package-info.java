/**
 * Histories of many clients that work on one collection at the same time, and their check against the order of the log.
 *
 * <p>{@link io.forebay.engine.history.RandomClient} does random operations on a {@link
 * io.forebay.engine.history.Target} (an embedded store, or a server over HTTP) and records each with its times and
 * seqIds in a {@link io.forebay.engine.history.History}; {@link io.forebay.engine.history.HistoryChecker} says what
 * is wrong with it. What is promised is in docs/consistency.md. The tests of the module server use these classes too.
 */
package io.forebay.engine.history;
