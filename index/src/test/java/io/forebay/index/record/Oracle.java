package io.forebay.index.record;

import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.SparseVector;
import io.forebay.model.Where;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The contract in plain maps and BigDecimals, sharing nothing with the code under test but the types. */
final class Oracle {
    static final class Entry {
        int row;
        int ordinal;
        String id = "";
        @Nullable
        String document;
        @Nullable
        String uri;
        Map<String, MetadataValue> metadata = new LinkedHashMap<>();

        RecordReader.Row asRow() {
            return new RecordReader.Row(row, ordinal, id, metadata.isEmpty() ? null : metadata, document,
                    uri);
        }
    }

    /** In order of first insertion: deleting and adding again moves an id to the end. */
    final Map<String, Entry> entries = new LinkedHashMap<>();
    final Set<Integer> deadOrdinals = new TreeSet<>();
    int nextRow;
    int ordinals;
    long operations;

    void apply(RecordBatch batch) {
        for (int i = 0; i < batch.size(); i++) {
            operations++;
            Entry there = entries.get(batch.id(i));
            if (batch.operation() == Operation.DELETE) {
                if (there != null) {
                    deadOrdinals.add(there.ordinal);
                    entries.remove(there.id);
                }
            } else if (there == null && batch.operation() != Operation.UPDATE) {
                Entry made = new Entry();
                made.id = batch.id(i);
                made.row = nextRow++;
                made.ordinal = -1;
                entries.put(made.id, made);
                change(made, batch, i);
            } else if (there != null && batch.operation() != Operation.ADD) {
                change(there, batch, i);
            }
        }
    }

    private void change(Entry entry, RecordBatch batch, int i) {
        if (batch.hasEmbedding(i)) {
            if (entry.ordinal >= 0) {
                deadOrdinals.add(entry.ordinal);
            }
            entry.ordinal = ordinals++;
        }
        entry.document = batch.document(i) != null ? batch.document(i) : entry.document;
        entry.uri = batch.uri(i) != null ? batch.uri(i) : entry.uri;
        Map<String, MetadataValue> change = batch.metadata(i);
        if (change != null) {
            change.forEach((key, value) -> {
                if (value instanceof MetadataValue.Null || elements(value).isEmpty()) {
                    entry.metadata.remove(key);
                } else {
                    entry.metadata.put(key, value);
                }
            });
        }
    }

    List<Entry> select(@Nullable List<String> ids, @Nullable Where where) {
        return entries.values().stream().filter(entry -> ids == null || ids.contains(entry.id))
                .filter(entry -> where == null || matches(entry, where)).toList();
    }

    /** Rows with their distances, nearest first, of those that share an index with the query. */
    static List<Map.Entry<Integer, Float>> nearest(List<Entry> among, String key, SparseVector query, int k) {
        Map<Integer, Double> wanted = components(query);
        List<Map.Entry<Integer, Float>> found = new ArrayList<>();
        for (Entry entry : among) {
            if (entry.metadata.get(key) instanceof MetadataValue.Sparse sparse) {
                Map<Integer, Double> has = components(sparse.vector());
                has.keySet().retainAll(wanted.keySet());
                double dot = has.entrySet().stream().mapToDouble(e -> e.getValue() * wanted.get(e.getKey()))
                        .sum();
                if (!has.isEmpty()) {
                    found.add(Map.entry(entry.row, (float) (1 - dot)));
                }
            }
        }
        found.sort(Map.Entry.<Integer, Float>comparingByValue().thenComparing(Map.Entry.comparingByKey()));
        return found.subList(0, Math.min(k, found.size()));
    }

    private static Map<Integer, Double> components(SparseVector vector) {
        Map<Integer, Double> components = new LinkedHashMap<>();
        for (int i = 0; i < vector.size(); i++) {
            components.put(vector.indices()[i], (double) vector.values()[i]);
        }
        return components;
    }

    static boolean matches(Entry entry, Where where) {
        return switch (where) {
            case Where.And and -> and.clauses().stream().allMatch(clause -> matches(entry, clause));
            case Where.Or or -> or.clauses().stream().anyMatch(clause -> matches(entry, clause));
            case Where.Compare compare -> compares(entry.metadata.get(compare.key()), compare);
            case Where.In in -> in.negated() != in.operands().stream()
                    .anyMatch(operand -> isEqual(entry.metadata.get(in.key()), operand));
            case Where.ArrayContains contains -> {
                MetadataValue value = entry.metadata.get(contains.key());
                yield contains.negated() != (value != null && !isScalar(value) && elements(value).stream()
                        .anyMatch(element -> isEqual(element, contains.operand())));
            }
            case Where.Id id -> id.negated() != id.ids().contains(entry.id);
            case Where.Document document -> switch (document.match()) {
                case CONTAINS -> contains(entry, document);
                case NOT_CONTAINS -> !contains(entry, document);
                case REGEX -> finds(entry, document);
                case NOT_REGEX -> !finds(entry, document);
            };
        };
    }

    private static boolean contains(Entry entry, Where.Document document) {
        return entry.document != null && entry.document.contains(document.operand());
    }

    private static boolean finds(Entry entry, Where.Document document) {
        return entry.document != null
                && java.util.regex.Pattern.compile(document.operand()).matcher(entry.document).find();
    }

    private static boolean compares(@Nullable MetadataValue value, Where.Compare compare) {
        if (compare.comparison() == Where.Comparison.EQ) {
            return isEqual(value, compare.operand());
        }
        if (compare.comparison() == Where.Comparison.NE) {
            return !isEqual(value, compare.operand());
        }
        BigDecimal a = number(value);
        if (a == null) {
            return false;
        }
        int order = a.compareTo(number(compare.operand()));
        return switch (compare.comparison()) {
            case GT -> order > 0;
            case GTE -> order >= 0;
            case LT -> order < 0;
            default -> order <= 0;
        };
    }

    private static boolean isEqual(@Nullable MetadataValue value, MetadataValue operand) {
        BigDecimal a = number(value);
        BigDecimal b = number(operand);
        if (a != null && b != null) {
            return a.compareTo(b) == 0;
        }
        return value != null && isScalar(value) && value.equals(operand);
    }

    private static @Nullable BigDecimal number(@Nullable MetadataValue value) {
        return switch (value) {
            case MetadataValue.Int i -> BigDecimal.valueOf(i.value());
            case MetadataValue.Float f -> new BigDecimal(f.value());
            case null, default -> null;
        };
    }

    private static boolean isScalar(MetadataValue value) {
        return value instanceof MetadataValue.Str || value instanceof MetadataValue.Int
                || value instanceof MetadataValue.Float || value instanceof MetadataValue.Bool;
    }

    /** Of an array; a scalar is a list of itself. */
    private static List<MetadataValue> elements(MetadataValue value) {
        Stream<MetadataValue> elements = switch (value) {
            case MetadataValue.StrArray a -> a.values().stream().map(MetadataValue::of);
            case MetadataValue.IntArray a -> a.values().stream().map(MetadataValue::of);
            case MetadataValue.FloatArray a -> a.values().stream().map(MetadataValue::of);
            case MetadataValue.BoolArray a -> a.values().stream().map(MetadataValue::of);
            default -> Stream.of(value);
        };
        return new ArrayList<>(elements.toList());
    }
}
