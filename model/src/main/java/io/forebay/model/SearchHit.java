package io.forebay.model;

/**
 * One record that a search found.
 *
 * @param score lower is better; of a search without rank the record's place in the answer
 */
public record SearchHit(StoredRecord record, float score) {}
