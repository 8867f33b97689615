/**
 * The words of Forebay as types: records, batches and their one binary form, filters, requests and results,
 * collections and their configuration, errors, limits. Needs nothing but the JDK (17 or later), so that clients may
 * use it as well as the engine.
 *
 * <p>Start reading at {@link io.forebay.model.RecordBatch}: what a client sends, what the log stores and what an
 * indexer reads are the same bytes. Then {@link io.forebay.model.Where} for filters and
 * {@link io.forebay.model.ForebayException} for what can go wrong. What a search may ask is in
 * {@link io.forebay.model.SearchRequest} and {@link io.forebay.model.Rank}.
 */
@NullMarked
package io.forebay.model;

import org.jspecify.annotations.NullMarked;
