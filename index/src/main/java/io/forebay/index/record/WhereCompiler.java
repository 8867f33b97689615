package io.forebay.index.record;

import io.forebay.model.ForebayException;
import io.forebay.model.MetadataValue;
import io.forebay.model.Where;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns a filter into predicates over encoded records. What a filter means is decided here and in {@link
 * ValueTest}:
 * <ul>
 *   <li>$ne, $nin and $not_contains are exactly the opposite of $eq, $in and $contains, so they also match
 *       records that lack the key or the document;
 *   <li>ints and floats compare by their exact values, a bool equals no number, an array equals nothing;
 *   <li>$gt, $gte, $lt and $lte take numbers only and match numbers only;
 *   <li>$and of nothing matches every record, $or of nothing none.
 * </ul>
 */
final class WhereCompiler {
    static final int CLAUSES_MAX = 10_000;
    static final int VALUES_MAX = 100_000;
    static final int REGEX_CHARS_MAX = 10_000;

    private final List<String> keys = new ArrayList<>();
    private int clauses;
    private int values;
    private long regexCost;

    private WhereCompiler() {}

    /**
     * @throws ForebayException (INVALID_ARGUMENT) when an operand does not fit its operator or a regex has no
     * meaning
     */
    static Filter compile(@Nullable Where where) {
        if (where == null) {
            return Filter.ALL;
        }
        WhereCompiler compiler = new WhereCompiler();
        Predicate root = compiler.predicate(where);
        byte[][] keys = compiler.keys.stream().map(key -> key.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        return new Filter(keys, root);
    }

    private static void checkLimit(String what, long found, int max, String limit) {
        if (found > max) {
            throw ForebayException.invalid("Validation error: where: " + what + ", more than " + max
                    + " (limit " + limit + ")");
        }
    }

    private void checkLimits(Where where) {
        checkLimit("the filter has " + clauses + " clauses", ++clauses, CLAUSES_MAX, "filter.clauses");
        if (where instanceof Where.In in) {
            values += in.operands().size();
        } else if (where instanceof Where.Id id) {
            values += id.ids().size();
        } else if (where instanceof Where.Document text && isRegex(text.match())) {
            checkLimit("a regex has " + text.operand().length() + " characters", text.operand().length(),
                    REGEX_CHARS_MAX, "filter.regex_length");
            regexCost += RegexCost.of(text.operand());
            checkLimit("the regexes are too large, with what they repeat", regexCost, RegexCost.COST_MAX,
                    "filter.regex_size");
        }
        checkLimit("$in, $nin and ids have " + values + " values", values, VALUES_MAX, "filter.values");
    }

    private static boolean isRegex(Where.TextMatch match) {
        return match == Where.TextMatch.REGEX || match == Where.TextMatch.NOT_REGEX;
    }

    private Predicate predicate(Where where) {
        checkLimits(where);
        return switch (where) {
            case Where.And and -> and(and.clauses());
            case Where.Or or -> or(or.clauses());
            case Where.Compare compare -> new Predicate.OnKey(slot(compare.key()),
                    compare.comparison() == Where.Comparison.NE, comparison(compare));
            case Where.In in -> new Predicate.OnKey(slot(in.key()), in.negated(), ValueSet.of(in.operands()));
            case Where.ArrayContains contains -> new Predicate.OnKey(slot(contains.key()), contains.negated(),
                    new ValueTest.ArrayHas(scalar(contains.operand())));
            case Where.Document document -> document(document);
            case Where.Id id -> new Predicate.OnId(id.negated(), Set.copyOf(id.ids()));
        };
    }

    private Predicate and(List<Where> clauses) {
        Predicate[] parts = parts(clauses);
        return switch (parts.length) {
            case 0 -> Predicate.ALL;
            case 1 -> parts[0];
            default -> new Predicate.AllOf(parts);
        };
    }

    private Predicate or(List<Where> clauses) {
        Predicate[] parts = parts(clauses);
        return switch (parts.length) {
            case 0 -> Predicate.NONE;
            case 1 -> parts[0];
            default -> new Predicate.AnyOf(parts);
        };
    }

    /** Those that read documents last, since most records are decided before. */
    private Predicate[] parts(List<Where> clauses) {
        return clauses.stream().map(this::predicate)
                .sorted(Comparator.comparing(Predicate::readsDocument)).toArray(Predicate[]::new);
    }

    private static ValueTest comparison(Where.Compare compare) {
        MetadataValue operand = scalar(compare.operand());
        boolean isNumber = operand instanceof MetadataValue.Int || operand instanceof MetadataValue.Float;
        return switch (compare.comparison()) {
            case EQ, NE -> ValueTest.equalTo(operand);
            case GT, GTE, LT, LTE -> {
                if (!isNumber) {
                    throw ForebayException.invalid("Invalid where clause");
                }
                yield new ValueTest.Ordered(compare.comparison(), operand);
            }
        };
    }

    private static Predicate document(Where.Document document) {
        boolean negated = document.match() == Where.TextMatch.NOT_CONTAINS
                || document.match() == Where.TextMatch.NOT_REGEX;
        return new Predicate.OnDocument(negated, switch (document.match()) {
            case CONTAINS, NOT_CONTAINS -> new TextTest.Contains(document.operand());
            case REGEX, NOT_REGEX -> new TextTest.Regex(document.operand());
        });
    }

    static MetadataValue scalar(MetadataValue operand) {
        return switch (operand) {
            case MetadataValue.Str s -> s;
            case MetadataValue.Int i -> i;
            case MetadataValue.Float f -> f;
            case MetadataValue.Bool b -> b;
            default -> throw ForebayException.invalid("Invalid where clause");
        };
    }

    private int slot(String key) {
        int known = keys.indexOf(key);
        if (known >= 0) {
            return known;
        }
        keys.add(key);
        return keys.size() - 1;
    }
}
