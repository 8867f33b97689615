package io.forebay.server.http.json;

import com.fasterxml.jackson.core.JsonToken;
import io.forebay.model.ForebayException;
import io.forebay.model.Rank;
import io.forebay.model.Select;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rank expressions: objects of one key, the operation; see {@link Rank} for what they mean. */
final class RankDecoder {
    private static final int KNN_LIMIT_DEFAULT = 16;
    private static final String OPERATIONS = "`$abs`, `$div`, `$exp`, `$knn`, `$log`, `$max`, `$min`, `$mul`,"
            + " `$sub`, `$sum`, `$val`";

    private final JsonIn in;

    RankDecoder(JsonIn in) {
        this.in = in;
    }

    Rank read() throws IOException {
        if (in.token() != JsonToken.START_OBJECT) {
            throw in.wrongType("enum RankExpr");
        }
        if (in.next() != JsonToken.FIELD_NAME) {
            throw in.shape("expected value: an expression has one of " + OPERATIONS);
        }
        String operation = in.parser().currentName();
        in.next();
        Rank rank = switch (operation) {
            case "$val" -> new Rank.Value(f32());
            case "$knn" -> knn();
            case "$sum" -> folded(Rank.Fold.SUM);
            case "$mul" -> folded(Rank.Fold.MUL);
            case "$max" -> folded(Rank.Fold.MAX);
            case "$min" -> folded(Rank.Fold.MIN);
            case "$sub" -> paired(Rank.Pair.SUB);
            case "$div" -> paired(Rank.Pair.DIV);
            case "$abs" -> new Rank.Applied(Rank.Function.ABS, read());
            case "$exp" -> new Rank.Applied(Rank.Function.EXP, read());
            case "$log" -> new Rank.Applied(Rank.Function.LOG, read());
            default -> throw in.shape("unknown variant `" + operation + "`, expected one of " + OPERATIONS);
        };
        if (in.next() != JsonToken.END_OBJECT) {
            throw in.shape("expected one operation in an expression, found another behind `" + operation
                    + "`");
        }
        return rank;
    }

    private Rank folded(Rank.Fold fold) throws IOException {
        List<Rank> operands = new ArrayList<>();
        in.array("a sequence", () -> operands.add(read()));
        return new Rank.Folded(fold, operands);
    }

    private Rank paired(Rank.Pair pair) throws IOException {
        @Nullable
        Rank[] sides = new Rank[2];
        in.object("struct variant RankExpr", name -> switch (name) {
            case "left" -> {
                sides[0] = read();
                yield true;
            }
            case "right" -> {
                sides[1] = read();
                yield true;
            }
            default -> false;
        });
        Rank left = sides[0];
        Rank right = sides[1];
        if (left == null || right == null) {
            throw in.missing(left == null ? "left" : "right");
        }
        return new Rank.Paired(pair, left, right);
    }

    private Rank knn() throws IOException {
        Knn knn = new Knn();
        in.object("struct variant RankExpr::Knn", name -> {
            switch (name) {
                case "query" -> knn.query = query();
                case "key" -> knn.key = in.isNull() ? Select.EMBEDDING : in.string();
                case "limit" -> knn.limit = in.isNull() ? KNN_LIMIT_DEFAULT : in.u32();
                case "default" -> knn.otherwise = in.isNull() ? null : (Float) f32();
                case "return_rank" -> knn.returnRank = !in.isNull() && in.bool();
                default -> {
                    return false;
                }
            }
            return true;
        });
        if (knn.query == null) {
            throw in.missing("query");
        }
        return new Rank.Knn(knn.query, knn.key, knn.limit, knn.otherwise, knn.returnRank);
    }

    private static final class Knn {
        private Rank.@Nullable Query query;
        private String key = Select.EMBEDDING;
        private int limit = KNN_LIMIT_DEFAULT;
        private @Nullable Float otherwise;
        private boolean returnRank;
    }

    private Rank.Query query() throws IOException {
        return switch (in.token()) {
            case START_ARRAY -> new Rank.Dense(dense());
            case START_OBJECT -> new Rank.Sparse(SparseJson.read(in, NO_QUERY));
            case VALUE_STRING -> throw ForebayException.invalid("Validation error: " + in.path()
                    + ": $knn.query is text: the server has no embedding functions, so the client must embed it"
                    + " and send the vector");
            default -> throw in.shape(NO_QUERY);
        };
    }

    private static final String NO_QUERY = "data did not match any variant of untagged enum QueryVector";

    private float[] dense() throws IOException {
        float[][] found = {new float[256]};
        int[] count = new int[1];
        in.array("a sequence", () -> {
            float component = f32();
            if (count[0] == found[0].length) {
                found[0] = Arrays.copyOf(found[0], 2 * count[0]);
            }
            found[0][count[0]++] = component;
        });
        return Arrays.copyOf(found[0], count[0]);
    }

    private float f32() throws IOException {
        if (!in.token().isNumeric()) {
            throw in.wrongType("f32");
        }
        return in.parser().getFloatValue();
    }
}
