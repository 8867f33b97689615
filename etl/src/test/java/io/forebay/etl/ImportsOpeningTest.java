package io.forebay.etl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.engine.Forebay;
import io.forebay.etl.embed.EmbeddingConnection;
import io.forebay.etl.job.ImportOptions;
import io.forebay.etl.source.SourceOptions;
import io.forebay.model.ForebayException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportsOpeningTest {
    @TempDir
    Path directory;

    private Imports open(Forebay engine, ImportOptions options) {
        return Imports.open(directory.resolve("imports"), engine, options, SourceOptions.NONE,
                ImportMetrics.NONE);
    }

    @Test
    void aServiceThatCannotBeOpenedHoldsNothing() {
        ImportOptions twice = ImportStore.options(16, 0, EmbeddingConnection.none());
        ImportOptions good = ImportStore.options(16, 0);
        try (Forebay engine = Forebay.open(directory)) {
            assertThatThrownBy(() -> open(engine, twice)).isInstanceOf(ForebayException.class)
                    .hasMessageContaining("two embedding connections");
            Imports first = open(engine, good); // the database is not locked
            assertThatThrownBy(() -> open(engine, good)).isInstanceOf(ForebayException.class)
                    .hasMessageContaining("cannot be opened");
            assertThat(first.stats().jobs()).isNotEmpty();
            first.close();
            first.close();
            open(engine, good).close();
        }
    }

    @Test
    void partsAreClosedFromTheLastToTheFirstWhateverFails() {
        List<String> closed = new ArrayList<>();
        Parts parts = new Parts();
        parts.add(() -> closed.add("one"));
        parts.add(() -> {
            throw new java.io.IOException("two");
        });
        parts.add(() -> {
            throw new IllegalArgumentException("three");
        });
        parts.add(() -> closed.add("four"));
        assertThatThrownBy(parts::close).isInstanceOf(IllegalArgumentException.class).hasMessage("three")
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
        assertThat(closed).containsExactly("four", "one");
        parts.close();
        assertThat(closed).hasSize(2);
    }
}
