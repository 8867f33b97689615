package io.forebay.client;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request by method and path, as HTTP knows it: what has no operation of its own in {@link Transport}.
 *
 * @param isRepeatable to do it twice is the same as to do it once
 * @param isTimed      false for calls that wait by design
 */
record Call(String method, String path, @Nullable Body body, Map<String, String> headers,
        boolean isRepeatable, boolean isTimed) {

    /** Changes nothing. */
    static Call get(String path) {
        return new Call("GET", path, null, Map.of(), true, true);
    }

    /** Must not be done twice. */
    static Call once(String method, String path, @Nullable Body body) {
        return new Call(method, path, body, Map.of(), false, true);
    }

    static Call post(String path, @Nullable Body body, Map<String, String> headers) {
        return new Call("POST", path, body, headers, true, true);
    }

    Call repeatable() {
        return new Call(method, path, body, headers, true, isTimed);
    }

    Call untimed() {
        return new Call(method, path, body, headers, isRepeatable, false);
    }

    Call with(Map<String, String> others) {
        return new Call(method, path, body, others, isRepeatable, isTimed);
    }
}
