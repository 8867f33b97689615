package io.forebay.server.http;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Random clauses of {@code where} and {@code where_document}, with regular expressions that RE2 and Java read alike. */
final class ModelFilters {
    private static final String[] ORDERS = {"$gt", "$gte", "$lt", "$lte"};
    private static final String[] CLASSES = {"[aeiou]", "[^ ]", "[a-m]", "[^a-z]", ".", "\\d", "\\s", "\\S",
            "\\pL",
            "[k-s]", "(?i:[k-s])", "(?s:.)", "\\x61", "\\."};
    private static final String[] COUNTS = {"?", "{2}", "{0,2}", "{1,3}", "??"};
    private static final String[] ENDLESS = {"*", "+", "*?", "+?", "{2,}"};
    private static final String[] EDGES = {"^", "$", "\\b", "\\A", "\\z", "\\B", "(?i)"};

    private final ModelGenerator random;
    /** In one expression, and never one in another, because Java's take exponential time. */
    private int endlessLeft;
    private boolean counted;

    ModelFilters(ModelGenerator random) {
        this.random = random;
    }

    /** @param ids also {@code #id}, which only a search knows */
    Map<String, Object> where(int depth, boolean ids, int idsMax) {
        int kind = random.below(depth > 0 ? 16 : 11);
        if (kind >= 11) {
            List<Object> clauses = new ArrayList<>();
            for (int i = random.below(4); i > 0; i--) {
                clauses.add(where(depth - 1, ids, idsMax));
            }
            return Map.of(kind < 14 ? "$and" : "$or", clauses);
        }
        if (kind == 10 && ids) {
            return Map.of("#id", id(idsMax));
        }
        return kind >= 9
                ? Map.of("#document", text())
                : Map.of(random.key(), metadata(kind));
    }

    private Object id(int idsMax) {
        return switch (random.below(4)) {
            case 0 -> random.id(idsMax);
            case 1 -> Map.of("$ne", random.id(idsMax));
            case 2 -> Map.of("$in", random.list(1 + random.below(20), () -> random.id(idsMax)));
            default -> Map.of("$nin", random.list(1 + random.below(20), () -> random.id(idsMax)));
        };
    }

    private Object metadata(int kind) {
        return switch (kind) {
            case 0 -> random.scalar();
            case 1 -> Map.of("$eq", random.scalar());
            case 2 -> Map.of("$ne", random.scalar());
            case 3 -> Map.of(random.oneIn(2) ? "$in" : "$nin", operands());
            case 4, 5 -> Map.of(random.oneIn(2) ? "$contains" : "$not_contains", random.scalar());
            default -> Map.of(random.one(ORDERS), random.number());
        };
    }

    /** Of one type; the first says whether floats may be among numbers. */
    private List<Object> operands() {
        Object first = random.scalar();
        List<Object> all = new ArrayList<>();
        all.add(first);
        for (int i = random.below(5); i > 0; i--) {
            Object next = random.scalar();
            boolean fits = isFloat(first) ? next instanceof Number : next.getClass() == first.getClass();
            if (fits) {
                all.add(next);
            }
        }
        return all;
    }

    private static boolean isFloat(Object value) {
        return value instanceof Double || value instanceof BigInteger;
    }

    Map<String, Object> document(int depth) {
        if (depth > 0 && random.oneIn(3)) {
            List<Object> clauses = new ArrayList<>();
            for (int i = random.below(4); i > 0; i--) {
                clauses.add(document(depth - 1));
            }
            return Map.of(random.oneIn(2) ? "$and" : "$or", clauses);
        }
        return text();
    }

    private Map<String, Object> text() {
        boolean not = random.oneIn(4);
        Map<String, Object> test = new LinkedHashMap<>();
        if (random.oneIn(2)) {
            test.put(not ? "$not_regex" : "$regex", regex());
        } else {
            test.put(not ? "$not_contains" : "$contains", part());
        }
        return test;
    }

    /** Of a document, at the borders of characters; sometimes of none. */
    private String part() {
        if (random.oneIn(3)) {
            return random.word();
        }
        int[] text = random.document().codePoints().toArray();
        int from = random.below(text.length + 1);
        int length = random.below(Math.min(12, text.length - from) + 1);
        return new String(text, from, length);
    }

    private String regex() {
        endlessLeft = 2;
        counted = false;
        return regex(2);
    }

    private String regex(int depth) {
        StringBuilder regex = new StringBuilder();
        for (int i = 1 + random.below(3); i > 0; i--) {
            switch (random.below(depth > 0 ? 9 : 6)) {
                case 0, 1, 2 -> regex.append(literal());
                case 3 -> regex.append(random.one(CLASSES)).append(count());
                case 4 -> regex.append(literal()).append(count());
                case 5 -> regex.append(random.oneIn(3) ? random.one(EDGES) : literal());
                default -> regex.append(group(depth - 1));
            }
        }
        return regex.toString();
    }

    private String group(int depth) {
        boolean outside = counted;
        String count = count();
        counted |= !count.isEmpty();
        String begin = switch (random.below(4)) {
            case 0 -> "(?i:";
            case 1 -> "(";
            case 2 -> "(?s:";
            default -> "(?:";
        };
        StringBuilder group = new StringBuilder(begin).append(regex(depth));
        for (int i = random.below(3); i > 0; i--) {
            group.append('|').append(random.oneIn(6) ? "" : regex(depth));
        }
        counted = outside;
        return group.append(')').append(count).toString();
    }

    private String count() {
        if (counted || random.oneIn(2)) {
            return "";
        }
        if (endlessLeft > 0 && random.oneIn(2)) {
            endlessLeft--;
            return random.one(ENDLESS);
        }
        return random.one(COUNTS);
    }

    /** A word or the beginning of one. */
    private String literal() {
        int[] word = random.word().codePoints().toArray();
        StringBuilder literal = new StringBuilder();
        for (int i = random.oneIn(3) ? 1 + random.below(word.length) : word.length, at = 0; at < i; at++) {
            if ("\\.+*?()|[]{}^$".indexOf(word[at]) >= 0) {
                literal.append('\\');
            }
            literal.appendCodePoint(word[at]);
        }
        return literal.toString();
    }
}
