package io.forebay.etl.preview;

import java.util.List;

/**
 * One field of the documents that were looked at.
 *
 * @param types   of its values: {@code string}, {@code integer}, {@code number}, {@code boolean}, {@code vector} (a list of
 *                numbers), {@code list}, {@code map}; in the order in which they are met
 * @param filled  how many documents have a value
 * @param example the first value that is not empty, cut; empty when there is none
 */
public record PreviewField(String name, List<String> types, int filled, String example) {}
