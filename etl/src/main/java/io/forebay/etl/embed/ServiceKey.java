package io.forebay.etl.embed;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The key of a service, which is in no message: it comes out in the header of a call and nowhere else. */
final class ServiceKey {
    private final @Nullable String key;

    private ServiceKey(@Nullable String key) {
        this.key = key;
    }

    static ServiceKey of(EmbeddingConnection connection, Map<String, String> environment)
            throws EmbeddingException {
        String variable = connection.keyVariable();
        if (variable == null) {
            return new ServiceKey(null);
        }
        String key = environment.getOrDefault(variable, "").strip();
        if (key.isEmpty()) {
            throw new EmbeddingException("The embedding connection [" + connection.name()
                    + "] takes its key from the environment variable " + variable + ", which is not set",
                    false);
        }
        // What refuses such a header names all of it.
        if (!key.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new EmbeddingException("The environment variable " + variable
                    + " holds a key with characters that no key has", false);
        }
        return new ServiceKey(key);
    }

    /** Of the header Authorization; null for none. */
    @Nullable
    String authorization() {
        return key == null ? null : "Bearer " + key;
    }

    /** The text without the key, for services that repeat what they were sent. */
    String hideIn(String text) {
        return key == null ? text : text.replace(key, "***");
    }

    @Override
    public String toString() {
        return "key";
    }
}
