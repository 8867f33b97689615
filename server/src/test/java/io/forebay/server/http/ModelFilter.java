package io.forebay.server.http;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What a clause of {@code where} or {@code where_document}, as JSON, says of one record: the contract's rules, slowly. */
final class ModelFilter {
    private ModelFilter() {}

    /** @param ids whether {@code #id} is the record's id, as in a search, and not a key that no record has */
    static boolean matches(ModelOracle.Entry record, Object clause, boolean ids) {
        if (clause == null) {
            return true;
        }
        Map.Entry<?, ?> only = only(clause);
        String key = (String) only.getKey();
        Object value = only.getValue();
        return switch (key) {
            case "$and" -> ((List<?>) value).stream().allMatch(one -> matches(record, one, ids));
            case "$or" -> ((List<?>) value).stream().anyMatch(one -> matches(record, one, ids));
            case "$contains", "$not_contains", "$regex", "$not_regex" -> document(record.document, only);
            case "#document" -> document(record.document, only(value));
            case "#id" -> metadata(ids ? record.id : null, value);
            default -> metadata(record.metadata.get(key), value);
        };
    }

    private static Map.Entry<?, ?> only(Object clause) {
        return ((Map<?, ?>) clause).entrySet().iterator().next();
    }

    private static boolean document(String document, Map.Entry<?, ?> test) {
        String operand = (String) test.getValue();
        return switch ((String) test.getKey()) {
            case "$contains" -> document != null && document.contains(operand);
            case "$not_contains" -> document == null || !document.contains(operand);
            case "$regex" -> document != null && finds(document, operand);
            case "$not_regex" -> document == null || !finds(document, operand);
            default -> throw new IllegalArgumentException(test.toString());
        };
    }

    /** Rust's {@code $} is the end of the text, Java's also stands before a last line feed; the flags do the rest. */
    private static boolean finds(String document, String regex) {
        return Pattern.compile(regex.replace("$", "\\z"), Pattern.UNICODE_CASE | Pattern.UNIX_LINES)
                .matcher(document).find();
    }

    private static boolean metadata(Object value, Object test) {
        if (!(test instanceof Map<?, ?>)) {
            return equal(value, test);
        }
        Map.Entry<?, ?> only = only(test);
        Object operand = only.getValue();
        return switch ((String) only.getKey()) {
            case "$eq" -> equal(value, operand);
            case "$ne" -> !equal(value, operand);
            case "$in" -> ((List<?>) operand).stream().anyMatch(one -> equal(value, one));
            case "$nin" -> ((List<?>) operand).stream().noneMatch(one -> equal(value, one));
            case "$contains" -> contains(value, operand);
            case "$not_contains" -> !contains(value, operand);
            case "$gt" -> isNumber(value) && number(value).compareTo(number(operand)) > 0;
            case "$gte" -> isNumber(value) && number(value).compareTo(number(operand)) >= 0;
            case "$lt" -> isNumber(value) && number(value).compareTo(number(operand)) < 0;
            case "$lte" -> isNumber(value) && number(value).compareTo(number(operand)) <= 0;
            default -> throw new IllegalArgumentException(test.toString());
        };
    }

    private static boolean contains(Object value, Object operand) {
        return value instanceof List<?> list && list.stream().anyMatch(one -> equal(one, operand));
    }

    private static boolean equal(Object value, Object operand) {
        if (isNumber(value) && isNumber(operand)) {
            return number(value).compareTo(number(operand)) == 0;
        }
        boolean scalar = value instanceof String || value instanceof Boolean;
        return scalar && value.equals(operand);
    }

    private static boolean isNumber(Object value) {
        return value instanceof Number;
    }

    /** An integer beyond 64 bits is a float. */
    private static BigDecimal number(Object value) {
        return switch (value) {
            case Long whole -> BigDecimal.valueOf(whole);
            case BigInteger whole -> new BigDecimal(whole.doubleValue());
            default -> new BigDecimal((Double) value);
        };
    }
}
