package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Random reads of one collection, compared with what its oracle says. */
final class ModelReads {
    private static final int ALL = 100_000;
    /** Of distances, of which the server computes some in floats. */
    private static final double TOLERANCE = 2e-5;
    private static final List<String> COLUMNS = List.of("distances", "documents", "embeddings", "metadatas",
            "uris");

    private final ModelGenerator random;
    private final ModelFilters filters;
    private final ModelOracle oracle;
    private final int idsMax;
    private final Function<String, HttpResponse<String>> get;
    private final Post post;

    @FunctionalInterface
    interface Post {
        HttpResponse<String> send(String path, String body);
    }

    ModelReads(ModelGenerator random, ModelOracle oracle, int idsMax,
            Function<String, HttpResponse<String>> get,
            Post post) {
        this.random = random;
        this.filters = new ModelFilters(random);
        this.oracle = oracle;
        this.idsMax = idsMax;
        this.get = get;
        this.post = post;
    }

    /** Everything that is there, in its order. */
    void checkAll() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("include", COLUMNS.subList(1, 5));
        checkGet(body);
        assertThat(TestJson.parse(get.apply("/count").body())).isEqualTo((long) oracle.entries.size());
    }

    void checkOne() {
        switch (random.below(12)) {
            case 0 -> assertThat(TestJson.parse(get.apply("/count").body()))
                    .isEqualTo((long) oracle.entries.size());
            case 1, 2 -> checkCount();
            case 3, 4, 5 -> checkQuery();
            case 6 -> checkSearch();
            case 7 -> checkRank();
            default -> {
                Map<String, Object> body = filter();
                if (random.oneIn(3)) {
                    body.put("limit", random.below(20));
                }
                if (random.oneIn(3)) {
                    body.put("offset", random.below(20));
                }
                if (random.oneIn(2)) {
                    body.put("include", include());
                }
                checkGet(body);
            }
        }
    }

    /** {@code ids}, {@code where} and {@code where_document}, each or none of them. */
    Map<String, Object> filter() {
        Map<String, Object> body = new LinkedHashMap<>();
        if (random.oneIn(4)) {
            body.put("ids", random.ids(idsMax, random.oneIn(3) ? 100 : 10));
        }
        if (!random.oneIn(3)) {
            body.put("where", filters.where(2, false, idsMax));
        }
        if (random.oneIn(3)) {
            body.put("where_document", filters.document(1));
        }
        return body;
    }

    private List<String> include() {
        return COLUMNS.stream().filter(column -> random.oneIn(2)).toList();
    }

    @SuppressWarnings("unchecked")
    List<ModelOracle.Entry> selected(Map<String, Object> body) {
        return oracle.select((List<String>) body.get("ids"), body.get("where"), body.get("where_document"),
                false);
    }

    private Map<String, Object> answer(String path, String body) {
        HttpResponse<String> answer = post.send(path, body);
        assertThat(answer.statusCode()).as("POST %s %s: %s", path, body, answer.body()).isEqualTo(200);
        return TestJson.object(answer.body());
    }

    private void checkCount() {
        Map<String, Object> body = filter();
        HttpResponse<String> answer = post.send("/count", ModelJson.text(body));
        assertThat(answer.body()).as("POST /count %s", ModelJson.text(body))
                .isEqualTo(Integer.toString(selected(body).size()));
    }

    private void checkGet(Map<String, Object> body) {
        String request = ModelJson.text(body);
        Map<String, Object> answer = answer("/get", request);
        List<ModelOracle.Entry> expected = selected(body).stream()
                .skip((int) body.getOrDefault("offset", 0)).limit((int) body.getOrDefault("limit", ALL))
                .toList();
        List<?> include = (List<?>) body.getOrDefault("include", List.of("documents", "metadatas"));
        String as = "POST /get " + request;
        assertThat(answer.get("include")).as(as).isEqualTo(include);
        assertThat(answer.get("ids")).as(as).isEqualTo(expected.stream().map(entry -> entry.id).toList());
        checkColumns(as, expected, answer, include);
    }

    /** Of a get; of a query or a search those of one list of hits. */
    private static void checkColumns(String as, List<ModelOracle.Entry> expected, Map<String, Object> answer,
            List<?> include) {
        assertThat(answer.get("documents")).as(as).isEqualTo(
                include.contains("documents") ? each(expected, entry -> entry.document) : null);
        assertThat(answer.get("uris")).as(as)
                .isEqualTo(include.contains("uris") ? each(expected, entry -> entry.uri) : null);
        assertThat(answer.get("metadatas")).as(as).isEqualTo(
                include.contains("metadatas") ? each(expected, ModelOracle.Entry::metadata) : null);
        assertThat(answer.get("embeddings") == null).as(as).isEqualTo(!include.contains("embeddings"));
        if (include.contains("embeddings")) {
            List<?> embeddings = (List<?>) answer.get("embeddings");
            assertThat(embeddings).as(as).hasSameSizeAs(expected);
            for (int i = 0; i < embeddings.size(); i++) {
                assertThat(floats((List<?>) embeddings.get(i))).as(as).isEqualTo(expected.get(i).embedding);
            }
        }
    }

    /** With nulls. */
    private static List<Object> each(List<ModelOracle.Entry> entries,
            Function<ModelOracle.Entry, Object> of) {
        List<Object> all = new ArrayList<>();
        entries.forEach(entry -> all.add(of.apply(entry)));
        return all;
    }

    private static float[] floats(List<?> numbers) {
        float[] floats = new float[numbers.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = ((Number) numbers.get(i)).floatValue();
        }
        return floats;
    }

    private void checkQuery() {
        Map<String, Object> body = filter();
        List<float[]> queries = random.list(random.oneIn(4) ? random.below(4) : 1,
                () -> random.vector(oracle.dimension));
        body.put("query_embeddings", queries);
        int k = random.one(new Integer[]{0, 1, 2, 3, 10, 10, 30, 1000});
        if (k != 10) {
            body.put("n_results", k);
        }
        if (random.oneIn(2)) {
            body.put("include", include());
        }
        List<?> include = (List<?>) body.getOrDefault("include",
                List.of("documents", "metadatas", "distances"));
        String request = ModelJson.text(body);
        Map<String, Object> answer = answer("/query", request);
        String as = "POST /query " + request;
        assertThat(answer.get("include")).as(as).isEqualTo(include);
        List<?> ids = (List<?>) answer.get("ids");
        assertThat(ids).as(as).hasSameSizeAs(queries);
        List<ModelOracle.Entry> allowed = selected(body);
        for (int i = 0; i < queries.size(); i++) {
            float[] query = queries.get(i);
            List<?> distances = include.contains("distances") ? list(answer, "distances", i) : null;
            List<ModelOracle.Entry> found = checkNearest(as, allowed, (List<?>) ids.get(i), distances, 0, k,
                    entry -> oracle.distance(query, entry));
            Map<String, Object> part = new LinkedHashMap<>();
            for (String column : COLUMNS) {
                part.put(column, answer.get(column) == null ? null : list(answer, column, i));
            }
            checkColumns(as, found, part, include);
        }
    }

    private static List<?> list(Map<String, Object> answer, String column, int i) {
        return (List<?>) ((List<?>) answer.get(column)).get(i);
    }

    /**
     * That the ids are those of the smallest scores from {@code offset} on: of equal scores any may be there.
     *
     * @return what was found, in its order
     */
    private List<ModelOracle.Entry> checkNearest(String as, List<ModelOracle.Entry> allowed, List<?> ids,
            List<?> scores,
            int offset, int limit, ToDoubleFunction<ModelOracle.Entry> score) {
        double[] sorted = allowed.stream().mapToDouble(score).sorted().skip(offset).limit(limit).toArray();
        assertThat(ids).as(as).hasSize(sorted.length).doesNotHaveDuplicates();
        Map<String, ModelOracle.Entry> byId = new LinkedHashMap<>();
        allowed.forEach(entry -> byId.put(entry.id, entry));
        List<ModelOracle.Entry> found = new ArrayList<>();
        for (int i = 0; i < sorted.length; i++) {
            ModelOracle.Entry entry = byId.get(ids.get(i));
            assertThat(entry).as("%s: %s is not allowed", as, ids.get(i)).isNotNull();
            checkScore(as, score.applyAsDouble(entry), sorted[i]);
            if (scores != null) {
                checkScore(as, ((Number) scores.get(i)).doubleValue(), sorted[i]);
            }
            found.add(entry);
        }
        return found;
    }

    private static void checkScore(String as, double actual, double expected) {
        assertThat(Math.abs(actual - expected)).as("%s: %s, expected %s", as, actual, expected)
                .isLessThanOrEqualTo(TOLERANCE * (1 + Math.abs(expected)));
    }

    /** Without a rank: what matches, in the order of its insertion. */
    private void checkSearch() {
        Map<String, Object> filter = searchFilter();
        int offset = random.oneIn(2) ? random.below(10) : 0;
        int limit = random.oneIn(2) ? random.below(20) : ALL;
        List<String> columns = List.of("#document", "#embedding", "#metadata", "#score").stream()
                .filter(column -> random.oneIn(2)).toList();
        String request = search(filter, null, offset, limit, columns);
        List<ModelOracle.Entry> expected = matching(filter).stream().skip(offset).limit(limit).toList();
        Map<String, Object> answer = answer("/search", request);
        String as = "POST /search " + request;
        assertThat(list(answer, "ids", 0)).as(as).isEqualTo(each(expected, entry -> entry.id));
        Map<String, Object> part = new LinkedHashMap<>();
        List<String> include = new ArrayList<>();
        for (String column : List.of("document", "embedding", "metadata")) {
            if (columns.contains("#" + column)) {
                include.add(column + "s");
            }
            part.put(column + "s", list(answer, column + "s", 0));
        }
        checkColumns(as, expected, part, include);
        assertThat(list(answer, "select", 0)).as(as).isEqualTo(columns);
    }

    @SuppressWarnings("unchecked")
    private List<ModelOracle.Entry> matching(Map<String, Object> filter) {
        return oracle.select((List<String>) filter.get("query_ids"), filter.get("where_clause"), null, true);
    }

    private Map<String, Object> searchFilter() {
        Map<String, Object> filter = new LinkedHashMap<>();
        if (random.oneIn(4)) {
            filter.put("query_ids", random.ids(idsMax, 30));
        }
        if (random.oneIn(2)) {
            filter.put("where_clause", filters.where(2, true, idsMax));
        }
        return filter;
    }

    private static String search(Map<String, Object> filter, Object rank, int offset, int limit,
            List<String> select) {
        Map<String, Object> search = new LinkedHashMap<>();
        search.put("filter", filter);
        search.put("rank", rank);
        search.put("limit", Map.of("offset", offset, "limit", limit));
        search.put("select", Map.of("keys", select));
        return ModelJson.text(Map.of("searches", List.of(search)));
    }

    /** {@code $val - factor * $knn} and the like, over all records or so many that offset and limit are among them. */
    private void checkRank() {
        Map<String, Object> filter = searchFilter();
        boolean sparse = random.oneIn(2);
        String key = sparse ? random.key() : "#embedding";
        Object query = sparse ? random.sparse() : random.vector(oracle.dimension);
        ToDoubleFunction<ModelOracle.Entry> distance = sparse
                ? entry -> ModelOracle.distance(asMap(query), key, entry)
                : entry -> oracle.distance((float[]) query, entry);
        int offset = random.oneIn(3) ? random.below(5) : 0;
        int limit = random.below(15);
        int knnLimit = random.oneIn(2) ? ALL : offset + limit + random.below(5);
        double factor = 1 + random.below(8) / 4.0;
        double plus = random.below(9) - 4;
        Object knn = Map.of("$knn", Map.of("query", query, "key", key, "limit", knnLimit));
        Object rank = Map.of("$sum", List.of(Map.of("$mul", List.of(knn, Map.of("$val", factor))),
                Map.of("$val", plus)));
        String request = search(filter, rank, offset, limit, List.of("#score"));
        List<ModelOracle.Entry> allowed = matching(filter);
        if (sparse) {
            allowed = allowed.stream().filter(
                    entry -> ModelOracle.distance(asMap(query), key, entry) != null).toList();
        }
        Map<String, Object> answer = answer("/search", request);
        checkNearest("POST /search " + request, allowed, list(answer, "ids", 0), list(answer, "scores", 0),
                offset,
                limit, entry -> factor * distance.applyAsDouble(entry) + plus);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> asMap(Object value) {
        return (Map<String, Object>) value;
    }
}
