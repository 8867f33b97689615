package io.forebay.index.record;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Which trigrams a document must have to be able to match. */
sealed interface GramQuery {
    GramQuery ANY = new Any();

    /** More trigrams of a literal do not make much fewer candidates. */
    int GRAMS_MAX = 24;

    /** Says nothing. */
    record Any() implements GramQuery {}

    /** Three bytes, the first highest. */
    record Gram(int bytes) implements GramQuery {}

    record AllOf(List<GramQuery> parts) implements GramQuery {}

    record AnyOf(List<GramQuery> parts) implements GramQuery {}

    /** The document has these bytes in a row. */
    static GramQuery ofLiteral(byte[] literal) {
        Set<GramQuery> grams = new LinkedHashSet<>();
        for (int i = 0; i + Grams.BYTES <= literal.length && grams.size() < GRAMS_MAX; i++) {
            grams.add(new Gram(Grams.of(literal, i)));
        }
        return all(new ArrayList<>(grams));
    }

    static GramQuery all(List<GramQuery> parts) {
        List<GramQuery> saying = parts.stream().filter(part -> !(part instanceof Any)).toList();
        return saying.isEmpty() ? ANY : saying.size() == 1 ? saying.getFirst() : new AllOf(saying);
    }

    static GramQuery any(List<GramQuery> parts) {
        if (parts.isEmpty() || parts.stream().anyMatch(Any.class::isInstance)) {
            return ANY;
        }
        return parts.size() == 1 ? parts.getFirst() : new AnyOf(List.copyOf(parts));
    }
}
