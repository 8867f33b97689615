package io.forebay.index.record;

import io.forebay.model.MetadataValue;
import io.forebay.model.Where;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * Evaluates a filter by postings, as far as they go.
 *
 * <p>Each part is asked only about the rows that the parts before it left, the cheap ones first; where that is so few that
 * reading their records costs less than reading postings (a wide range of numbers, the trigrams of a word), they are left to
 * be read. So {@code $and} costs about what its cheapest part does.
 *
 * <p>Not thread-safe; used once.
 */
final class FilterEvaluator {
    /** Reading a record and testing it costs as much as this many postings of a range. */
    private static final int POSTINGS_PER_RECORD = 4;
    /** Below this many rows their documents are read at once. */
    private static final int TEXT_ROWS_MIN = 16;

    private final PostingReader postings;
    private final PostingState state;
    private final Terms terms;
    private final Function<List<String>, RoaringBitmap> rowsOfIds;
    /** Whether the last {@link #term} stands for one value only. */
    private boolean isTermExact;

    FilterEvaluator(PostingReader postings, PostingState state, Terms terms,
            Function<List<String>, RoaringBitmap> rowsOfIds) {
        this.postings = postings;
        this.state = state;
        this.terms = terms;
        this.rowsOfIds = rowsOfIds;
    }

    /** Of the filter among these rows, which it is valid for (see {@link WhereCompiler}). */
    Bounds evaluate(Where where, RoaringBitmap within) {
        return switch (where) {
            case Where.And and -> and(and.clauses(), within);
            case Where.Or or -> or(or.clauses(), within);
            case Where.Compare compare -> compare(compare, within);
            case Where.In in -> signed(in.negated(), among(in, within), within);
            case Where.ArrayContains contains -> signed(contains.negated(),
                    member(contains.key(), contains.operand(), within), within);
            case Where.Document document -> document(document, within);
            case Where.Id id -> signed(id.negated(),
                    Bounds.exactly(RoaringBitmap.and(rowsOfIds.apply(id.ids()), within)), within);
        };
    }

    private Bounds and(List<Where> clauses, RoaringBitmap within) {
        Bounds bounds = Bounds.exactly(within);
        Map<String, NumberRange> ranges = new HashMap<>();
        for (Where clause : byCost(flat(clauses))) {
            if (bounds.maybe().isEmpty()) {
                return bounds;
            }
            // From and to of one key are one range.
            if (clause instanceof Where.Compare compare && isRange(compare)) {
                NumberRange range = NumberRange.of(compare);
                if (range == null) {
                    return Bounds.exactly(new RoaringBitmap());
                }
                ranges.merge(compare.key(), range, NumberRange::and);
            } else if (clause instanceof Where.Document) {
                bounds = and(bounds, ranges);
                bounds = bounds.and(evaluate(clause, bounds.maybe()));
            } else {
                bounds = bounds.and(evaluate(clause, bounds.maybe()));
            }
        }
        return and(bounds, ranges);
    }

    private Bounds and(Bounds bounds, Map<String, NumberRange> ranges) {
        Bounds both = bounds;
        for (Map.Entry<String, NumberRange> range : ranges.entrySet()) {
            both = both.and(range(range.getKey(), range.getValue(), both.maybe()));
        }
        ranges.clear();
        return both;
    }

    private static List<Where> flat(List<Where> clauses) {
        List<Where> flat = new ArrayList<>();
        for (Where clause : clauses) {
            if (clause instanceof Where.And and) {
                flat.addAll(flat(and.clauses()));
            } else {
                flat.add(clause);
            }
        }
        return flat;
    }

    private Bounds or(List<Where> clauses, RoaringBitmap within) {
        Bounds bounds = Bounds.exactly(new RoaringBitmap());
        for (Where clause : byCost(clauses)) {
            // Who is in already need not be asked about again.
            bounds = bounds.or(evaluate(clause, RoaringBitmap.andNot(within, bounds.sure())));
        }
        return bounds;
    }

    private static List<Where> byCost(List<Where> clauses) {
        List<Where> sorted = new ArrayList<>(clauses);
        sorted.sort(Comparator.comparingInt(FilterEvaluator::cost));
        return sorted;
    }

    /** A guess: about how many postings are read. */
    private static int cost(Where where) {
        return switch (where) {
            case Where.Id id -> id.ids().size();
            case Where.Compare compare -> isRange(compare) ? 1_000 : 1;
            case Where.In in -> in.operands().size();
            case Where.ArrayContains contains -> 1;
            case Where.Document document -> 10_000;
            case Where.And and -> and.clauses().stream().mapToInt(FilterEvaluator::cost).min().orElse(0);
            case Where.Or or -> (int) Math.min(Integer.MAX_VALUE,
                    or.clauses().stream().mapToLong(FilterEvaluator::cost).sum());
        };
    }

    private static boolean isRange(Where.Compare compare) {
        return compare.comparison() != Where.Comparison.EQ && compare.comparison() != Where.Comparison.NE;
    }

    private static Bounds signed(boolean negated, Bounds bounds, RoaringBitmap within) {
        return negated ? bounds.oppositeIn(within) : bounds;
    }

    private Bounds compare(Where.Compare compare, RoaringBitmap within) {
        return isRange(compare)
                ? range(compare.key(), NumberRange.of(compare), within)
                : signed(compare.comparison() == Where.Comparison.NE,
                        equal(compare.key(), compare.operand(), (byte) 0, within), within);
    }

    private Bounds among(Where.In in, RoaringBitmap within) {
        if (isUnknown(in.key())
                || (long) in.operands().size() * postings.chunks() > POSTINGS_PER_RECORD
                        * within.getLongCardinality()) {
            return Bounds.within(within);
        }
        RoaringBitmap rows = new RoaringBitmap();
        boolean isExact = true;
        for (MetadataValue operand : in.operands()) {
            if (term(in.key(), operand, (byte) 0)) {
                rows.or(postings.rows(terms));
                isExact &= isTermExact;
            }
        }
        rows.and(within);
        return known(rows, isExact, within);
    }

    /** @param more {@link Terms#IN_ARRAY} or 0 */
    private Bounds equal(String key, MetadataValue operand, byte more, RoaringBitmap within) {
        if (isUnknown(key)) {
            return Bounds.within(within);
        }
        if (!term(key, operand, more)) {
            return Bounds.exactly(new RoaringBitmap());
        }
        RoaringBitmap rows = postings.rows(terms);
        rows.and(within);
        return known(rows, isTermExact, within);
    }

    /** An array has the operand as an element; of some rows that is not known. */
    private Bounds member(String key, MetadataValue operand, RoaringBitmap within) {
        Bounds noted = equal(key, operand, Terms.IN_ARRAY, within);
        if (isUnknown(key)) {
            return noted;
        }
        terms.field(utf8(key)).type(Terms.OPEN);
        RoaringBitmap open = postings.rows(terms);
        open.and(within);
        return open.isEmpty()
                ? noted
                : new Bounds(RoaringBitmap.andNot(noted.sure(), open), RoaringBitmap.or(noted.maybe(), open));
    }

    /** Keys of that length have no terms. */
    private static boolean isUnknown(String key) {
        return utf8(key).length > Terms.FIELD_BYTES_MAX;
    }

    /** Puts the term of this value into {@link #terms}; false when nothing can be equal to it. */
    private boolean term(String key, MetadataValue operand, byte more) {
        if (key.isEmpty()) {
            // No record has that key; its place in the keys of postings is taken by other things.
            return false;
        }
        terms.field(utf8(key));
        isTermExact = true;
        switch (operand) {
            case MetadataValue.Int i -> terms.integer(i.value(), more);
            case MetadataValue.Float f -> {
                if (Double.isNaN(f.value())) {
                    return false;
                }
                terms.real(f.value(), more);
            }
            case MetadataValue.Bool b -> terms.bool(b.value(), more);
            case MetadataValue.Str s -> {
                byte[] text = utf8(s.value());
                isTermExact = terms.string(text, 0, text.length, more);
            }
            default -> throw new IllegalStateException("an operand is not a scalar");
        }
        return true;
    }

    /** Rows in the gap may match whatever their postings say. */
    private Bounds known(RoaringBitmap rows, boolean isExact, RoaringBitmap within) {
        if (!state.hasGap()) {
            return isExact ? Bounds.exactly(rows) : Bounds.within(rows);
        }
        RoaringBitmap gap = RoaringBitmap.and(range(state.gapFrom(), state.gapEnd()), within);
        RoaringBitmap maybe = RoaringBitmap.or(rows, gap);
        return isExact ? new Bounds(RoaringBitmap.andNot(rows, gap), maybe) : Bounds.within(maybe);
    }

    private Bounds range(String key, @Nullable NumberRange range, RoaringBitmap within) {
        if (range == null || range.isEmpty() || key.isEmpty()) {
            return Bounds.exactly(new RoaringBitmap());
        }
        if (isUnknown(key)) {
            return Bounds.within(within);
        }
        long keysMax = 64 + POSTINGS_PER_RECORD * within.getLongCardinality();
        RoaringBitmap rows = postings.range(terms.field(utf8(key)), range, keysMax);
        if (rows == null) {
            return Bounds.within(within);
        }
        rows.and(within);
        return known(rows, true, within);
    }

    private Bounds document(Where.Document document, RoaringBitmap within) {
        boolean negated = document.match() == Where.TextMatch.NOT_CONTAINS
                || document.match() == Where.TextMatch.NOT_REGEX;
        boolean isRegex = document.match() == Where.TextMatch.REGEX
                || document.match() == Where.TextMatch.NOT_REGEX;
        GramQuery query = isRegex
                ? RegexGrams.of(document.operand())
                : GramQuery.ofLiteral(utf8(document.operand()));
        if (query == GramQuery.ANY || within.getLongCardinality() < TEXT_ROWS_MIN) {
            return Bounds.within(within);
        }
        RoaringBitmap indexed = RoaringBitmap.and(within, range(0, state.textRows()));
        RoaringBitmap tail = RoaringBitmap.andNot(within, range(0, state.textRows()));
        RoaringBitmap candidates = grams(query, indexed);
        candidates.or(tail);
        terms.longDocument();
        RoaringBitmap unknown = postings.rows(terms);
        unknown.and(within);
        candidates.or(unknown);
        return signed(negated, Bounds.within(candidates), within);
    }

    /** A bitmap of its own. */
    private RoaringBitmap grams(GramQuery query, RoaringBitmap within) {
        return switch (query) {
            case GramQuery.Any any -> within.clone();
            case GramQuery.Gram gram -> {
                terms.gram(gram.bytes());
                RoaringBitmap rows = postings.rows(terms);
                rows.and(within);
                yield rows;
            }
            case GramQuery.AllOf all -> {
                RoaringBitmap rows = within.clone();
                for (GramQuery part : all.parts()) {
                    // A few documents are read faster than another trigram.
                    if (rows.getLongCardinality() < TEXT_ROWS_MIN) {
                        break;
                    }
                    rows = grams(part, rows);
                }
                yield rows;
            }
            case GramQuery.AnyOf any -> {
                RoaringBitmap rows = new RoaringBitmap();
                for (GramQuery part : any.parts()) {
                    rows.or(grams(part, within));
                }
                yield rows;
            }
        };
    }

    private static RoaringBitmap range(int from, int to) {
        return RoaringBitmap.bitmapOfRange(from, to);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
