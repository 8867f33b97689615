package io.forebay.server.http.json;

import com.fasterxml.jackson.core.JsonToken;
import io.forebay.model.GroupBy;
import io.forebay.model.Rank;
import io.forebay.model.ReadLevel;
import io.forebay.model.SearchRequest;
import io.forebay.model.Select;
import io.forebay.model.Where;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The body of search. Two forms of a filter are understood: {@code {"query_ids":[…],"where_clause":{…}}}, as Chroma's
 * OpenAPI document says, and the clause itself, as its clients send it.
 */
public final class SearchDecoder {
    /** @param readLevel null when the body does not say */
    public record Searches(List<SearchRequest> searches, @Nullable ReadLevel readLevel) {}

    private static final Set<String> FILTER_FIELDS = Set.of("query_ids", "where_clause");

    private final JsonIn in;
    private @Nullable List<String> ids;
    private @Nullable Where where;
    private @Nullable Rank rank;
    private @Nullable GroupBy groupBy;
    private int offset;
    private @Nullable Integer limit;
    private Select select = Select.IDS;

    private SearchDecoder(JsonIn in) {
        this.in = in;
    }

    public static Searches searches(JsonIn in) throws IOException {
        List<SearchRequest> searches = new ArrayList<>();
        boolean[] seen = new boolean[1];
        @Nullable
        ReadLevel[] level = new ReadLevel[1];
        in.object("struct SearchRequestPayload", name -> {
            switch (name) {
                case "searches" -> {
                    seen[0] = true;
                    in.array("a sequence", () -> searches.add(new SearchDecoder(in).search()));
                }
                case "read_level" -> level[0] = in.isNull() ? null : level(in);
                default -> {
                    return false;
                }
            }
            return true;
        });
        if (!seen[0]) {
            throw in.missing("searches");
        }
        return new Searches(searches, level[0]);
    }

    private static ReadLevel level(JsonIn in) throws IOException {
        String name = in.string();
        for (ReadLevel level : ReadLevel.values()) {
            if (level.wireName().equals(name)) {
                return level;
            }
        }
        throw in.shape("unknown variant `" + name + "`, expected one of `index_and_wal`, `index_only`,"
                + " `index_and_bounded_wal`");
    }

    private SearchRequest search() throws IOException {
        in.object("struct SearchPayload", name -> {
            switch (name) {
                case "filter" -> filter(JsonTree.read(in));
                case "rank" -> rank = in.isNull() ? null : new RankDecoder(in).read();
                case "group_by" -> groupBy = in.isNull() ? null : groupBy();
                case "limit" -> limit();
                case "select" -> select();
                default -> {
                    return false;
                }
            }
            return true;
        });
        return new SearchRequest(ids, where, rank, groupBy, offset, limit, select);
    }

    private void filter(@Nullable Object tree) throws IOException {
        if (tree == null || tree instanceof Map<?, ?> map && map.isEmpty()) {
            return;
        }
        if (!(tree instanceof Map<?, ?> fields) || !isStructure(fields)) {
            where = WhereDecoder.search(tree);
            return;
        }
        if (fields.get("query_ids") instanceof List<?> list) {
            List<String> named = new ArrayList<>(list.size());
            for (Object id : list) {
                if (!(id instanceof String text)) {
                    throw in.shape("invalid type in query_ids, expected a string");
                }
                named.add(text);
            }
            ids = named;
        }
        Object clause = fields.get("where_clause");
        if (!(clause instanceof Map<?, ?> map && map.isEmpty())) {
            where = WhereDecoder.search(clause);
        }
    }

    /** Not a clause about a metadata key that happens to have the name of one of these fields. */
    private static boolean isStructure(Map<?, ?> fields) {
        if (!FILTER_FIELDS.containsAll(fields.keySet())) {
            return false;
        }
        Object ids = fields.get("query_ids");
        Object clause = fields.get("where_clause");
        return (ids == null || ids instanceof List<?>) && (clause == null || clause instanceof Map<?, ?> map
                && map.keySet().stream().noneMatch(SearchDecoder::isComparison));
    }

    private static boolean isComparison(Object key) {
        return key instanceof String text && text.startsWith("$") && !text.equals("$and")
                && !text.equals("$or");
    }

    private void limit() throws IOException {
        if (in.isNull()) {
            return;
        }
        in.object("struct Limit", name -> {
            switch (name) {
                case "limit" -> limit = in.isNull() ? null : in.u32();
                case "offset" -> offset = in.isNull() ? 0 : in.u32();
                default -> {
                    return false;
                }
            }
            return true;
        });
    }

    private void select() throws IOException {
        if (in.isNull()) {
            return;
        }
        in.object("struct Select", name -> {
            if (!name.equals("keys")) {
                return false;
            }
            select = in.isNull() ? Select.IDS : new Select(in.strings());
            return true;
        });
    }

    private @Nullable GroupBy groupBy() throws IOException {
        List<String> keys = new ArrayList<>();
        Aggregate aggregate = new Aggregate();
        boolean[] any = new boolean[1];
        in.object("struct GroupBy", name -> {
            switch (name) {
                case "keys" -> {
                    if (!in.isNull()) {
                        keys.addAll(in.strings());
                    }
                }
                case "aggregate" -> any[0] = !in.isNull() && aggregate(aggregate);
                default -> {
                    return false;
                }
            }
            return true;
        });
        if (keys.isEmpty() && !any[0]) {
            return null;
        }
        if (!any[0]) {
            throw in.missing("aggregate");
        }
        return new GroupBy(keys, aggregate.largest, aggregate.keys, aggregate.k);
    }

    private static final class Aggregate {
        private boolean largest;
        private List<String> keys = List.of();
        private int k;
    }

    private boolean aggregate(Aggregate aggregate) throws IOException {
        if (in.token() != JsonToken.START_OBJECT || in.next() != JsonToken.FIELD_NAME) {
            throw in.shape("expected an aggregate: one of `$min_k`, `$max_k`");
        }
        String name = in.parser().currentName();
        if (!name.equals("$min_k") && !name.equals("$max_k")) {
            throw in.shape("unknown variant `" + name + "`, expected `$min_k` or `$max_k`");
        }
        aggregate.largest = name.equals("$max_k");
        in.next();
        boolean[] seen = new boolean[2];
        in.object("struct variant Aggregate", field -> {
            switch (field) {
                case "keys" -> {
                    seen[0] = true;
                    aggregate.keys = in.strings();
                }
                case "k" -> {
                    seen[1] = true;
                    aggregate.k = in.u32();
                }
                default -> {
                    return false;
                }
            }
            return true;
        });
        if (!seen[0] || !seen[1]) {
            throw in.missing(seen[0] ? "k" : "keys");
        }
        if (in.next() != JsonToken.END_OBJECT) {
            throw in.shape("expected one aggregate");
        }
        return true;
    }
}
