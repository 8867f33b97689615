package io.forebay.client.dataset;

import io.forebay.model.MetadataValue;
import java.util.Map;

/**
 * One line of a document file: its {@code id}, its {@code text}, and every other scalar field as metadata.
 */
public record Document(String id, String text, Map<String, MetadataValue> metadata) {}
