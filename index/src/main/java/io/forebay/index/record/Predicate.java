package io.forebay.index.record;

import java.util.Set;

/** One node of a compiled filter. Immutable; any thread. */
interface Predicate {
    boolean test(Candidate record);

    /** Whether testing may read the document, which costs ten times what metadata costs. */
    default boolean readsDocument() {
        return false;
    }

    Predicate ALL = record -> true;
    Predicate NONE = record -> false;

    /**
     * The value of a key, by its slot in the {@link Candidate}; a record without the key passes when negated.
     */
    record OnKey(int slot, boolean negated, ValueTest test) implements Predicate {
        @Override
        public boolean test(Candidate record) {
            int tagAt = record.tagAt(slot);
            return (tagAt >= 0 && test.test(record.bytes(), tagAt)) != negated;
        }
    }

    /** The document's text; a record without one passes when negated. */
    record OnDocument(boolean negated, TextTest test) implements Predicate {
        @Override
        public boolean test(Candidate record) {
            if (!record.hasDocument()) {
                return negated;
            }
            int length = record.readDocument();
            return test.test(record.document(), length) != negated;
        }

        @Override
        public boolean readsDocument() {
            return true;
        }
    }

    /** The record's id. */
    record OnId(boolean negated, Set<String> ids) implements Predicate {
        @Override
        public boolean test(Candidate record) {
            return ids.contains(record.record.id()) != negated;
        }
    }

    record AllOf(Predicate[] parts) implements Predicate {
        @Override
        public boolean test(Candidate record) {
            for (Predicate part : parts) {
                if (!part.test(record)) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public boolean readsDocument() {
            return parts[parts.length - 1].readsDocument();
        }
    }

    record AnyOf(Predicate[] parts) implements Predicate {
        @Override
        public boolean test(Candidate record) {
            for (Predicate part : parts) {
                if (part.test(record)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public boolean readsDocument() {
            return parts[parts.length - 1].readsDocument();
        }
    }
}
