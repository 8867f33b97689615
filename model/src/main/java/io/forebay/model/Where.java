package io.forebay.model;

import java.util.List;

/**
 * A filter over metadata and documents. {@code where} and {@code where_document} of a request become one tree (an
 * {@link And} of both).
 */
public sealed interface Where {

    /** All of them; an empty list matches every record. */
    record And(List<Where> clauses) implements Where {
        public And {
            clauses = List.copyOf(clauses);
        }
    }

    /** Any of them; an empty list matches none. */
    record Or(List<Where> clauses) implements Where {
        public Or {
            clauses = List.copyOf(clauses);
        }
    }

    enum Comparison {
        EQ, NE, GT, GTE, LT, LTE
    }

    /**
     * Compares the value of a key. Numbers compare exactly across int and float; a bool equals no number; the four
     * orderings take numbers only; NE also matches records without the key; an array value equals nothing.
     */
    record Compare(String key, Comparison comparison, MetadataValue operand) implements Where {}

    /** $in, or $nin when negated, which also matches records without the key. The list is not empty. */
    record In(String key, boolean negated, List<MetadataValue> operands) implements Where {
        public In {
            operands = List.copyOf(operands);
        }
    }

    /** Membership in an array value; negated also matches records without the key. */
    record ArrayContains(String key, boolean negated, MetadataValue operand) implements Where {}

    /** The record's own id is, or when negated is not, among these ({@code #id} in a search). */
    record Id(boolean negated, List<String> ids) implements Where {
        public Id {
            ids = List.copyOf(ids);
        }
    }

    enum TextMatch {
        CONTAINS, NOT_CONTAINS, REGEX, NOT_REGEX
    }

    /** Case-sensitive substring or unanchored regex; the NOT forms also match records without a document. */
    record Document(TextMatch match, String operand) implements Where {}
}
