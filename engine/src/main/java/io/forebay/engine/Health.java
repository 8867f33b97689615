package io.forebay.engine;

import java.util.List;

/** Whether the store works as it should, with the reasons when it does not. */
public record Health(Status status, List<String> reasons) {

    public enum Status {
        /** All is well. */
        GREEN,
        /** Everything is served, but something needs attention. */
        YELLOW,
        /** Writes are refused. */
        RED
    }

    public Health {
        reasons = List.copyOf(reasons);
    }
}
