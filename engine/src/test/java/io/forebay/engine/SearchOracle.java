package io.forebay.engine;

import io.forebay.model.GroupBy;
import io.forebay.model.MetadataValue;
import io.forebay.model.Rank;
import io.forebay.model.SearchRequest;
import io.forebay.model.Select;
import io.forebay.model.SparseVector;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Search in plain maps: what a score is, who has one, groups, order. Shares nothing with the code under test but the types.
 */
final class SearchOracle {
    /** One record; metadata is replaced as a whole. */
    record Entry(String id, float[] embedding, Map<String, MetadataValue> metadata,
            @Nullable String document) {}

    record Answer(String id, float score) {}

    /** Scores of some records, and of all others if there is such a score. */
    private record Domain(Map<String, Float> support, @Nullable Float otherwise) {
        @Nullable
        Float of(String id) {
            return support.getOrDefault(id, otherwise);
        }

        Domain map(UnaryOperator<Float> function) {
            Map<String, Float> mapped = new LinkedHashMap<>();
            support.forEach((id, score) -> mapped.put(id, function.apply(score)));
            return new Domain(mapped, otherwise == null ? null : function.apply(otherwise));
        }

        Domain with(Domain right, BinaryOperator<Float> function) {
            Set<String> ids = new LinkedHashSet<>(support.keySet());
            ids.addAll(right.support.keySet());
            Map<String, Float> merged = new LinkedHashMap<>();
            for (String id : ids) {
                Float a = of(id);
                Float b = right.of(id);
                if (a != null && b != null) {
                    merged.put(id, function.apply(a, b));
                }
            }
            return new Domain(merged, otherwise == null || right.otherwise == null
                    ? null
                    : function.apply(otherwise, right.otherwise));
        }
    }

    /** In order of insertion. */
    final Map<String, Entry> entries = new LinkedHashMap<>();
    /** Whether a limit of the last search cut through equal distances of embeddings, of which the index may find any. */
    boolean isAmbiguous;

    List<Answer> search(SearchRequest search, Predicate<Entry> filter) {
        List<Entry> allowed = entries.values().stream().filter(filter)
                .filter(entry -> search.ids() == null || search.ids().contains(entry.id())).toList();
        isAmbiguous = false;
        List<Answer> ranked = new ArrayList<>();
        if (search.rank() == null) {
            int from = search.groupBy() == null ? search.offset() : 0;
            for (int i = from; i < allowed.size(); i++) {
                ranked.add(new Answer(allowed.get(i).id(), i - from));
            }
        } else {
            Map<String, Float> scores = evaluate(search.rank(), allowed).support();
            allowed.stream().filter(entry -> scores.containsKey(entry.id()))
                    .map(entry -> new Answer(entry.id(), scores.get(entry.id())))
                    .sorted(Comparator.comparing(Answer::score, Float::compare)).forEach(ranked::add);
        }
        if (search.groupBy() != null) {
            ranked = grouped(search.groupBy(), ranked);
        }
        boolean skipped = search.rank() == null && search.groupBy() == null;
        return ranked.stream().skip(skipped ? 0 : search.offset())
                .limit(search.limit() == null ? Long.MAX_VALUE : search.limit()).toList();
    }

    private Domain evaluate(Rank rank, List<Entry> allowed) {
        return switch (rank) {
            case Rank.Value value -> new Domain(Map.of(), value.value());
            case Rank.Knn knn -> nearest(knn, allowed);
            case Rank.Applied applied ->
                evaluate(applied.operand(), allowed).map(switch (applied.function()) {
                    case ABS -> Math::abs;
                    case EXP -> x -> (float) Math.exp(x);
                    case LOG -> x -> (float) Math.log(x);
                });
            case Rank.Paired paired -> evaluate(paired.left(), allowed).with(
                    evaluate(paired.right(), allowed), switch (paired.pair()) {
                        case SUB -> (a, b) -> a - b;
                        case DIV -> (a, b) -> a / b;
                    });
            case Rank.Folded folded -> {
                Domain all = new Domain(Map.of(), switch (folded.fold()) {
                    case SUM -> 0f;
                    case MUL -> 1f;
                    case MAX -> -Float.MAX_VALUE;
                    case MIN -> Float.MAX_VALUE;
                });
                for (Rank operand : folded.operands()) {
                    all = all.with(evaluate(operand, allowed), switch (folded.fold()) {
                        case SUM -> Float::sum;
                        case MUL -> (a, b) -> a * b;
                        case MAX -> (a, b) -> a.isNaN() ? b : b.isNaN() ? a : (Float) Math.max(a, b);
                        case MIN -> (a, b) -> a.isNaN() ? b : b.isNaN() ? a : (Float) Math.min(a, b);
                    });
                }
                yield all;
            }
        };
    }

    private Domain nearest(Rank.Knn knn, List<Entry> allowed) {
        List<Answer> found = new ArrayList<>();
        for (Entry entry : allowed) {
            Float distance = switch (knn.query()) {
                case Rank.Dense dense -> squared(dense.vector(), entry.embedding());
                case Rank.Sparse sparse -> entry.metadata().get(knn.key()) instanceof MetadataValue.Sparse has
                        ? dot(sparse.vector(), has.vector())
                        : null;
            };
            if (distance != null) {
                found.add(new Answer(entry.id(), distance));
            }
        }
        found.sort(Comparator.comparing(Answer::score));
        int limit = knn.limit();
        isAmbiguous |= knn.query() instanceof Rank.Dense && limit > 0 && limit < found.size()
                && found.get(limit - 1).score() == found.get(limit).score();
        Map<String, Float> support = new LinkedHashMap<>();
        for (int i = 0; i < Math.min(knn.limit(), found.size()); i++) {
            support.put(found.get(i).id(), knn.returnRank() ? i : found.get(i).score());
        }
        return new Domain(support, knn.otherwise());
    }

    private static float squared(float[] a, float[] b) {
        float sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return sum;
    }

    private static @Nullable Float dot(SparseVector a, SparseVector b) {
        float sum = 0;
        boolean shares = false;
        for (int i = 0; i < a.size(); i++) {
            for (int j = 0; j < b.size(); j++) {
                if (a.indices()[i] == b.indices()[j]) {
                    sum += a.values()[i] * b.values()[j];
                    shares = true;
                }
            }
        }
        return shares ? (Float) (1 - sum) : null;
    }

    private List<Answer> grouped(GroupBy groupBy, List<Answer> ranked) {
        Map<List<Object>, List<Answer>> groups = new LinkedHashMap<>();
        for (Answer answer : ranked) {
            List<Object> key = new ArrayList<>();
            groupBy.keys().forEach(name -> key.add(plain(entries.get(answer.id()).metadata().get(name))));
            groups.computeIfAbsent(key, k -> new ArrayList<>()).add(answer);
        }
        Set<Answer> kept = new LinkedHashSet<>();
        for (List<Answer> group : groups.values()) {
            Comparator<Answer> order = (a, b) -> 0;
            for (String name : groupBy.orderBy()) {
                order = order.thenComparing(name.equals(Select.SCORE)
                        ? Comparator.comparing(Answer::score)
                        : Comparator.comparing(answer -> entries.get(answer.id()).metadata().get(name),
                                SearchOracle::compare));
            }
            group.stream().sorted(groupBy.largest() ? order.reversed() : order).limit(groupBy.k())
                    .forEach(kept::add);
        }
        return ranked.stream().filter(kept::contains).toList();
    }

    /** Numbers by their value, so that 5 and 5.0 are equal. */
    private static Object plain(@Nullable MetadataValue value) {
        return switch (value) {
            case null -> "none";
            case MetadataValue.Int i -> BigDecimal.valueOf(i.value()).stripTrailingZeros();
            case MetadataValue.Float f -> new BigDecimal(f.value()).stripTrailingZeros();
            default -> value;
        };
    }

    /** None, then bools, numbers, strings. */
    private static int compare(@Nullable MetadataValue a, @Nullable MetadataValue b) {
        Object x = plain(a);
        Object y = plain(b);
        if (x instanceof BigDecimal p && y instanceof BigDecimal q) {
            return p.compareTo(q);
        }
        if (a instanceof MetadataValue.Str p && b instanceof MetadataValue.Str q) {
            return p.value().compareTo(q.value());
        }
        if (a instanceof MetadataValue.Bool p && b instanceof MetadataValue.Bool q) {
            return Boolean.compare(p.value(), q.value());
        }
        return Integer.compare(kind(a), kind(b));
    }

    private static int kind(@Nullable MetadataValue value) {
        return value == null
                ? 0
                : value instanceof MetadataValue.Bool ? 1 : value instanceof MetadataValue.Str ? 3 : 2;
    }
}
