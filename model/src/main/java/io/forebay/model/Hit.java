package io.forebay.model;

/** One answer of a query: a record and its exact distance in the collection's space. */
public record Hit(StoredRecord record, float distance) {}
