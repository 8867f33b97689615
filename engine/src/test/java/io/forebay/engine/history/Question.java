package io.forebay.engine.history;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a read asked for. Without a vector: the records that are among the ids and in the group, or how many they are;
 * with one: the k nearest of these.
 *
 * @param ids   null for all
 * @param group null for all, see {@link Content#GROUP}
 */
public record Question(Kind kind, @Nullable List<String> ids, @Nullable Integer group,
        float @Nullable [] vector, int k) {
    /** How it is asked. */
    public enum Kind {
        GET, COUNT, QUERY
    }

    boolean isAbout(String id, RecordState record) {
        return (ids == null || ids.contains(id))
                && (group == null || record.metadata().get(Content.GROUP) == group.longValue());
    }
}
