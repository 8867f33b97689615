package io.forebay.client;

import io.forebay.model.MetadataValue;
import io.forebay.model.Where;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A filter in Chroma's language; conditions on documents take its key {@code #document}. */
final class WhereJson {
    private WhereJson() {}

    static void write(Where where, JsonSink out) {
        if (where instanceof Where.And and) {
            clauses("$and", and.clauses(), out);
        } else if (where instanceof Where.Or or) {
            clauses("$or", or.clauses(), out);
        } else if (where instanceof Where.Compare compare) {
            condition(compare.key(), compare.comparison().name(), out);
            MetadataJson.write(compare.operand(), out);
            out.raw("}}");
        } else if (where instanceof Where.In in) {
            condition(in.key(), in.negated() ? "nin" : "in", out);
            MetadataJson.writeArray(in.operands(), out);
            out.raw("}}");
        } else if (where instanceof Where.ArrayContains contains) {
            condition(contains.key(), contains.negated() ? "not_contains" : "contains", out);
            MetadataJson.write(contains.operand(), out);
            out.raw("}}");
        } else if (where instanceof Where.Document document) {
            condition("#document", document.match().name(), out);
            MetadataJson.write(MetadataValue.of(document.operand()), out);
            out.raw("}}");
        } else if (where instanceof Where.Id id) {
            condition("#id", id.negated() ? "nin" : "in", out);
            MetadataJson.writeArray(id.ids().stream().map(MetadataValue::of).collect(Collectors.toList()),
                    out);
            out.raw("}}");
        }
    }

    private static void condition(String key, String operator, JsonSink out) {
        out.ascii('{').string(key).raw(":{\"$").raw(operator.toLowerCase(Locale.ROOT)).raw("\":");
    }

    private static void clauses(String name, List<Where> clauses, JsonSink out) {
        out.raw("{\"").raw(name).raw("\":[");
        for (int i = 0; i < clauses.size(); i++) {
            if (i > 0) {
                out.ascii(',');
            }
            write(clauses.get(i), out);
        }
        out.raw("]}");
    }
}
