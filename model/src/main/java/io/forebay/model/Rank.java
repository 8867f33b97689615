package io.forebay.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a search scores records; lower is better. Arithmetic is that of 32-bit floats.
 *
 * <p>A record gets a score when every {@link Knn} that gives no default has it among its nearest, and at least one
 * {@link Knn} has: constants score nobody by themselves.
 */
public sealed interface Rank {

    /** The same number for every record. */
    record Value(float value) implements Rank {}

    /**
     * The distance of the records nearest to a vector, among those that the filter allows.
     *
     * @param key        {@code #embedding} for the record's embedding, else the metadata key of a sparse vector
     * @param limit      how many are found
     * @param otherwise  the score of records that are not among them; null leaves those out
     * @param returnRank the place (0, 1, 2 …) instead of the distance
     */
    record Knn(Query query, String key, int limit, @Nullable Float otherwise,
            boolean returnRank) implements Rank {}

    /** What a {@link Knn} looks for. */
    sealed interface Query {}

    /** The distance is that of the collection's space. */
    @SuppressWarnings("ArrayRecordComponent")
    record Dense(float[] vector) implements Query {}

    /** The distance is one minus the dot product; records that share no index with it are not found. */
    record Sparse(SparseVector vector) implements Query {}

    enum Fold {
        SUM, MUL, MAX, MIN
    }

    /** All operands together; of none, the operation's neutral element. */
    record Folded(Fold fold, List<Rank> operands) implements Rank {
        public Folded {
            operands = List.copyOf(operands);
        }
    }

    enum Pair {
        SUB, DIV
    }

    record Paired(Pair pair, Rank left, Rank right) implements Rank {}

    enum Function {
        ABS, EXP, LOG
    }

    /** Of each score; LOG is the natural logarithm. */
    record Applied(Function function, Rank operand) implements Rank {}
}
