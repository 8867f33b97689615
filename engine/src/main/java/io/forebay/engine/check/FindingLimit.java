package io.forebay.engine.check;

import io.forebay.model.Finding;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Hands on the first findings of each kind in each collection, with the collection's name, and counts the others:
 * damage of a large store may be a million lines.
 *
 * <p>Not thread-safe.
 */
final class FindingLimit implements Consumer<Finding> {
    private static final int SHOWN_MAX = 25;

    private final Consumer<Finding> out;
    private final Map<String, Integer> counts = new LinkedHashMap<>();
    private final Map<String, Finding> last = new LinkedHashMap<>();
    private IntFunction<@Nullable String> names = number -> null;
    private long damages;
    private long notes;

    FindingLimit(Consumer<Finding> out) {
        this.out = out;
    }

    void names(IntFunction<@Nullable String> known) {
        names = known;
    }

    @Override
    public void accept(Finding finding) {
        if (finding.isDamage()) {
            damages++;
        } else {
            notes++;
        }
        String kind = finding.isDamage() + finding.code() + finding.collection();
        Finding named = finding.collection() == 0
                ? finding
                : finding.named(names.apply(finding.collection()));
        if (counts.merge(kind, 1, Integer::sum) <= SHOWN_MAX) {
            out.accept(named);
        } else {
            last.put(kind, named);
        }
    }

    /** Says how many were not shown. */
    void end() {
        last.forEach((kind, one) -> out.accept(one.of(null).means("the last of them: " + one.what())
                .what(counts.getOrDefault(kind, 0) - SHOWN_MAX + " more of this kind")));
    }

    long damages() {
        return damages;
    }

    long notes() {
        return notes;
    }
}
