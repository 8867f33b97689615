package io.forebay.etl.format.parquet;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One column of a row group, value by value, with the levels that say where each belongs. */
final class Column {
    private static final int END = -1;

    private final Node node;
    private final Leaf leaf;
    private final ColumnPages pages;
    private ColumnPages.@Nullable Page page;
    private int left;
    private int repetition = END;
    private int definition;

    Column(Node node, Leaf leaf, ColumnPages pages) throws IOException {
        this.node = node;
        this.leaf = leaf;
        this.pages = pages;
        advance();
    }

    /** Of the value at hand; -1 behind the last. */
    int repetition() {
        return repetition;
    }

    int definition() {
        return definition;
    }

    /** Whether the value at hand is one. */
    boolean isDefined() {
        return definition == node.definitionLevel();
    }

    Leaf leaf() {
        return leaf;
    }

    /** Goes on. A value that is there must have been taken. */
    void advance() throws IOException {
        while (left == 0) {
            page = pages.next();
            if (page == null) {
                repetition = END;
                definition = 0;
                return;
            }
            left = page.values();
        }
        ColumnPages.Page at = page();
        left--;
        repetition = at.repetitions() == null ? 0 : at.repetitions().next();
        definition = at.definitions() == null ? 0 : at.definitions().next();
        ParquetException.require(repetition <= node.repetitionLevel() && definition <= node.definitionLevel(),
                "column '" + node.name() + "' has a level that is too high");
    }

    private ColumnPages.Page page() {
        if (page == null) {
            throw new ParquetException("column '" + node.name() + "' has fewer values than rows");
        }
        return page;
    }

    /** The value at hand, as it is stored. */
    Object take() {
        return page().decoder().next();
    }

    float takeFloat() {
        return page().decoder().nextFloat();
    }

    /** Where in the file it reads. */
    long at() {
        return pages.at();
    }
}
