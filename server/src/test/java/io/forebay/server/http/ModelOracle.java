package io.forebay.server.http;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What one collection must have and answer, in plain maps over JSON values; it shares nothing with the code under test. */
final class ModelOracle {
    static final class Entry {
        final String id;
        float[] embedding;
        String document;
        String uri;
        final Map<String, Object> metadata = new TreeMap<>();

        Entry(String id) {
            this.id = id;
        }

        Entry copy() {
            Entry copy = new Entry(id);
            copy.embedding = embedding;
            copy.document = document;
            copy.uri = uri;
            copy.metadata.putAll(metadata);
            return copy;
        }

        Map<String, Object> metadata() {
            return metadata.isEmpty() ? null : metadata;
        }
    }

    final String space;
    /** What the generator makes; the collection has it from its first records on. */
    final int dimension;
    boolean hasDimension;
    /** In the order of their first insert: deleting and adding again moves an id to the end. */
    final Map<String, Entry> entries = new LinkedHashMap<>();

    ModelOracle(String space, int dimension) {
        this.space = space;
        this.dimension = dimension;
    }

    ModelOracle copy() {
        ModelOracle copy = new ModelOracle(space, dimension);
        copy.hasDimension = hasDimension;
        entries.forEach((id, entry) -> copy.entries.put(id, entry.copy()));
        return copy;
    }

    void apply(String operation, ModelBatch batch) {
        hasDimension |= !operation.equals("update") && !batch.ids().isEmpty();
        for (int i = 0; i < batch.ids().size(); i++) {
            String id = batch.ids().get(i);
            Entry there = entries.get(id);
            if (there == null && !operation.equals("update")) {
                Entry made = new Entry(id);
                entries.put(id, made);
                change(made, batch, i);
            } else if (there != null && !operation.equals("add")) {
                change(there, batch, i);
            }
        }
    }

    private static void change(Entry entry, ModelBatch batch, int i) {
        float[] embedding = at(batch.embeddings(), i);
        String document = at(batch.documents(), i);
        String uri = at(batch.uris(), i);
        Map<String, Object> metadata = at(batch.metadatas(), i);
        entry.embedding = embedding == null ? entry.embedding : embedding;
        entry.document = document == null ? entry.document : document;
        entry.uri = uri == null ? entry.uri : uri;
        if (metadata != null) {
            metadata.forEach((key, value) -> {
                if (value == null || value instanceof List<?> list && list.isEmpty()) {
                    entry.metadata.remove(key);
                } else {
                    entry.metadata.put(key, stored(value));
                }
            });
        }
    }

    private static <T> T at(List<T> list, int i) {
        return list == null ? null : list.get(i);
    }

    /** Integers beyond 64 bits become floats, and so do those in an array with a float. */
    private static Object stored(Object value) {
        if (value instanceof List<?> list) {
            boolean floats = list.stream()
                    .anyMatch(one -> one instanceof Double || one instanceof BigInteger);
            List<Object> stored = new ArrayList<>();
            for (Object one : list) {
                stored.add(floats ? (Object) ((Number) one).doubleValue() : one);
            }
            return stored;
        }
        return value instanceof BigInteger whole ? (Object) whole.doubleValue() : value;
    }

    List<Entry> select(List<String> ids, Object where, Object document, boolean search) {
        Set<String> named = ids == null ? null : new HashSet<>(ids);
        return entries.values().stream().filter(entry -> named == null || named.contains(entry.id))
                .filter(entry -> ModelFilter.matches(entry, where, search))
                .filter(entry -> ModelFilter.matches(entry, document, false)).toList();
    }

    double distance(float[] query, Entry entry) {
        double dot = 0;
        double squares = 0;
        double queryNorm = 0;
        double norm = 0;
        for (int i = 0; i < query.length; i++) {
            double a = query[i];
            double b = entry.embedding[i];
            dot += a * b;
            squares += (a - b) * (a - b);
            queryNorm += a * a;
            norm += b * b;
        }
        return switch (space) {
            case "l2" -> squares;
            case "ip" -> 1 - dot;
            default -> norm == 0 || queryNorm == 0 ? 1 : 1 - dot / Math.sqrt(norm * queryNorm);
        };
    }

    /** Null when they share no index, or the value of the key is something else. */
    static Double distance(Map<String, Object> query, String key, Entry entry) {
        if (!(entry.metadata.get(key) instanceof Map<?, ?> vector)) {
            return null;
        }
        List<?> indices = (List<?>) vector.get("indices");
        List<?> wanted = (List<?>) query.get("indices");
        double dot = 0;
        boolean shares = false;
        for (int i = 0; i < wanted.size(); i++) {
            int at = indices.indexOf(wanted.get(i));
            if (at >= 0) {
                shares = true;
                dot += (Double) ((List<?>) vector.get("values")).get(at)
                        * (Double) ((List<?>) query.get("values")).get(i);
            }
        }
        return shares ? (Double) (1 - dot) : null;
    }
}
