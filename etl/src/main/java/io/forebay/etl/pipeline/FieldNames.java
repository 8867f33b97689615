package io.forebay.etl.pipeline;

import io.forebay.etl.format.SourceItem;
import io.forebay.etl.job.ImportSchema;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The names of the fields of the first documents, for {@link Mapping}; nothing else of a document is kept. A document may
 * have any number of fields with names of any length: beyond a limit only those are kept that the mapping looks for.
 * Not thread-safe.
 */
final class FieldNames {
    static final int NAMES_MAX = 200;
    static final int NAME_LENGTH_MAX = 100;

    private final Set<String> wanted;
    private final Set<String> names = new LinkedHashSet<>();
    private int documents;

    FieldNames(ImportSchema schema) {
        wanted = new HashSet<>(Mapping.named(schema));
        wanted.addAll(Mapping.TEXTS);
        wanted.add(Mapping.ID);
    }

    void add(SourceItem.Document document) {
        documents++;
        for (String name : document.fields().keySet()) {
            if (wanted.contains(name) || names.size() < NAMES_MAX && name.length() <= NAME_LENGTH_MAX) {
                names.add(name);
            }
        }
    }

    /** In the order in which they were met. */
    Set<String> names() {
        return Collections.unmodifiableSet(names);
    }

    /** How many documents there were. */
    int documents() {
        return documents;
    }
}
