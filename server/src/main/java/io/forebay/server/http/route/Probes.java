package io.forebay.server.http.route;

import io.forebay.engine.Health;
import io.forebay.server.ops.Readiness;
import java.util.List;

/**
 * What Kubernetes and load balancers ask. {@code /livez}: does the process answer; it asks neither store nor disk,
 * because a restart mends neither. {@code /readyz}: may it be sent requests.
 */
public final class Probes {
    public static final String LIVE = "/livez";
    public static final String READY = "/readyz";
    public static final String HEALTH = "/healthz";
    private static final int UNAVAILABLE = 503;

    private Probes() {}

    /** Whoever asks, by whatever name; of what only some may see they tell strangers nothing. */
    public static boolean isProbe(String path) {
        return path.equals(LIVE) || path.equals(READY) || path.equals(HEALTH);
    }

    public static Response live() {
        return answer(200, "alive", List.of());
    }

    /** @param phase not {@link Readiness.Phase#SERVING} */
    public static Response notReady(Readiness.Phase phase) {
        return answer(UNAVAILABLE, "not ready", List.of(phase == Readiness.Phase.OPENING
                ? "the store is being opened"
                : "the server is stopping"));
    }

    /** @param shown what the reasons may be told of: names of collections may be in them */
    static Response ready(Health health, boolean shown) {
        boolean ready = health.status() != Health.Status.RED;
        return answer(ready ? 200 : UNAVAILABLE, ready ? "ready" : "not ready",
                ready ? List.of() : shown ? health.reasons() : List.of("health is red"));
    }

    private static Response answer(int status, String text, List<String> reasons) {
        return Response.json(status, out -> {
            out.writeStartObject();
            out.writeStringField("status", text);
            out.writeArrayFieldStart("reasons");
            for (String reason : reasons) {
                out.writeString(reason);
            }
            out.writeEndArray();
            out.writeEndObject();
        });
    }
}
