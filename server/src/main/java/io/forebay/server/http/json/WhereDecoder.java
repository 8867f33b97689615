package io.forebay.server.http.json;

import io.forebay.model.ForebayException;
import io.forebay.model.MetadataValue;
import io.forebay.model.Where;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code where} and {@code where_document} of a request become one filter. Every object has exactly one key; anything
 * else is an invalid clause.
 */
final class WhereDecoder {
    private static final String INVALID_WHERE = "Invalid where clause";
    private static final String INVALID_DOCUMENT = "Invalid where document clause";
    private static final String DOCUMENT_KEY = "#document";
    private static final String ID_KEY = "#id";

    private WhereDecoder() {}

    /** Both filters, each null when absent: records must match both. */
    static @Nullable Where combine(@Nullable Where where, @Nullable Where document) {
        if (where == null) {
            return document;
        }
        return document == null ? where : new Where.And(List.of(where, document));
    }

    static @Nullable Where where(@Nullable Object tree) {
        return tree == null ? null : clause(tree, false);
    }

    /** As {@link #where}, but that {@code #id} is the record's id. */
    static @Nullable Where search(@Nullable Object tree) {
        return tree == null ? null : clause(tree, true);
    }

    static @Nullable Where document(@Nullable Object tree) {
        return tree == null ? null : documentClause(tree);
    }

    private static Where clause(@Nullable Object tree, boolean ids) {
        Map.Entry<?, ?> only = only(tree, INVALID_WHERE);
        String key = (String) only.getKey();
        return switch (key) {
            case "$and" -> new Where.And(all(only.getValue(), INVALID_WHERE, one -> clause(one, ids)));
            case "$or" -> new Where.Or(all(only.getValue(), INVALID_WHERE, one -> clause(one, ids)));
            case DOCUMENT_KEY -> text(only(only.getValue(), INVALID_WHERE), INVALID_WHERE);
            default -> {
                if (key.startsWith("$")) {
                    throw ForebayException.invalid(INVALID_WHERE);
                }
                Where test = metadata(key, only.getValue());
                yield ids && key.equals(ID_KEY) ? id(test) : test;
            }
        };
    }

    private static Where documentClause(@Nullable Object tree) {
        Map.Entry<?, ?> only = only(tree, INVALID_DOCUMENT);
        return switch ((String) only.getKey()) {
            case "$and" -> new Where.And(
                    all(only.getValue(), INVALID_DOCUMENT, WhereDecoder::documentClause));
            case "$or" -> new Where.Or(all(only.getValue(), INVALID_DOCUMENT, WhereDecoder::documentClause));
            default -> text(only, INVALID_DOCUMENT);
        };
    }

    private static Where text(Map.Entry<?, ?> operator, String invalid) {
        if (!(operator.getValue() instanceof String operand)) {
            throw ForebayException.invalid(invalid);
        }
        return new Where.Document(switch ((String) operator.getKey()) {
            case "$contains" -> Where.TextMatch.CONTAINS;
            case "$not_contains" -> Where.TextMatch.NOT_CONTAINS;
            case "$regex" -> Where.TextMatch.REGEX;
            case "$not_regex" -> Where.TextMatch.NOT_REGEX;
            default -> throw ForebayException.invalid(invalid);
        }, operand);
    }

    private static Where id(Where test) {
        return switch (test) {
            case Where.Compare compare when compare.comparison() == Where.Comparison.EQ
                    || compare.comparison() == Where.Comparison.NE ->
                new Where.Id(compare.comparison() == Where.Comparison.NE, texts(List.of(compare.operand())));
            case Where.In in -> new Where.Id(in.negated(), texts(in.operands()));
            default -> throw ForebayException.invalid(INVALID_WHERE);
        };
    }

    private static List<String> texts(List<MetadataValue> operands) {
        List<String> texts = new ArrayList<>(operands.size());
        for (MetadataValue operand : operands) {
            if (!(operand instanceof MetadataValue.Str text)) {
                throw ForebayException.invalid(INVALID_WHERE);
            }
            texts.add(text.value());
        }
        return texts;
    }

    private static Where metadata(String key, @Nullable Object value) {
        if (!(value instanceof Map<?, ?>)) {
            return new Where.Compare(key, Where.Comparison.EQ, scalar(value));
        }
        Map.Entry<?, ?> only = only(value, INVALID_WHERE);
        Object operand = only.getValue();
        return switch ((String) only.getKey()) {
            case "$eq" -> new Where.Compare(key, Where.Comparison.EQ, scalar(operand));
            case "$ne" -> new Where.Compare(key, Where.Comparison.NE, scalar(operand));
            case "$gt" -> new Where.Compare(key, Where.Comparison.GT, number(operand));
            case "$gte" -> new Where.Compare(key, Where.Comparison.GTE, number(operand));
            case "$lt" -> new Where.Compare(key, Where.Comparison.LT, number(operand));
            case "$lte" -> new Where.Compare(key, Where.Comparison.LTE, number(operand));
            case "$in" -> new Where.In(key, false, operands(operand));
            case "$nin" -> new Where.In(key, true, operands(operand));
            case "$contains" -> new Where.ArrayContains(key, false, scalar(operand));
            case "$not_contains" -> new Where.ArrayContains(key, true, scalar(operand));
            default -> throw ForebayException.invalid(INVALID_WHERE);
        };
    }

    /** The first element fixes the type; ints widen in a list that begins with a float, not the other way. */
    private static List<MetadataValue> operands(@Nullable Object tree) {
        if (!(tree instanceof List<?> list) || list.isEmpty()) {
            throw ForebayException.invalid(INVALID_WHERE);
        }
        MetadataValue first = scalar(list.getFirst());
        List<MetadataValue> operands = new ArrayList<>(list.size());
        for (Object element : list) {
            MetadataValue value = scalar(element);
            boolean widens = first instanceof MetadataValue.Float && value instanceof MetadataValue.Int;
            if (!widens && value.getClass() != first.getClass()) {
                throw ForebayException.invalid(INVALID_WHERE);
            }
            operands.add(value);
        }
        return operands;
    }

    private static MetadataValue number(@Nullable Object tree) {
        if (!(tree instanceof Number)) {
            throw ForebayException.invalid(INVALID_WHERE);
        }
        return scalar(tree);
    }

    private static MetadataValue scalar(@Nullable Object tree) {
        return switch (tree) {
            case String text -> new MetadataValue.Str(text);
            case Long whole -> new MetadataValue.Int(whole);
            case Double real -> new MetadataValue.Float(real);
            case Boolean bool -> MetadataValue.of(bool);
            case null, default -> throw ForebayException.invalid(INVALID_WHERE);
        };
    }

    @FunctionalInterface
    private interface Clause {
        Where of(@Nullable Object tree);
    }

    private static List<Where> all(@Nullable Object tree, String invalid, Clause clause) {
        if (!(tree instanceof List<?> list)) {
            throw ForebayException.invalid(invalid);
        }
        List<Where> clauses = new ArrayList<>(list.size());
        for (Object element : list) {
            clauses.add(clause.of(element));
        }
        return clauses;
    }

    private static Map.Entry<?, ?> only(@Nullable Object tree, String invalid) {
        if (!(tree instanceof Map<?, ?> map) || map.size() != 1) {
            throw ForebayException.invalid(invalid);
        }
        return map.entrySet().iterator().next();
    }
}
