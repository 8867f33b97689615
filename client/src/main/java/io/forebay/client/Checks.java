package io.forebay.client;

import io.forebay.model.DeleteRequest;
import io.forebay.model.ForebayException;
import io.forebay.model.GetRequest;
import io.forebay.model.QueryRequest;

/**
 * What one way to a server cannot say and another would refuse in other words: refused here, in the same words for all.
 *
 * <p>Failure: INVALID_ARGUMENT.
 */
final class Checks {
    private Checks() {}

    static void check(DeleteRequest request, Filter filter) {
        if (request.ids() == null && request.where() == null && filter.equals(Filter.NONE)) {
            throw ForebayException
                    .invalid("Validation error: ids, where: Either ids or where must be specified");
        }
        notNegative("limit", request.limit() == null ? 0 : request.limit());
    }

    static void check(GetRequest request) {
        notNegative("limit", request.limit() == null ? 0 : request.limit());
        notNegative("offset", request.offset());
    }

    static void check(QueryRequest request) {
        for (float[] embedding : request.embeddings()) {
            float sum = 0;
            for (float component : embedding) {
                sum += component * 0;
            }
            if (sum != 0) { // not a number
                throw ForebayException.invalid("Validation error: query_embeddings: Embeddings must not"
                        + " contain NaN or Infinity values");
            }
        }
    }

    private static void notNegative(String name, int value) {
        if (value < 0) {
            throw ForebayException.invalid(name + " cannot be negative. Got: " + value);
        }
    }
}
