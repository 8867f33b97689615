package io.forebay.engine.check;

import io.forebay.engine.CatalogView;
import io.forebay.index.record.RecordInspector;
import io.forebay.index.record.RecordInspector.Looked;
import io.forebay.index.vector.SegmentFiles;
import io.forebay.index.vector.VectorCheck;
import io.forebay.model.CollectionInfo;
import io.forebay.model.Finding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.roaringbitmap.RoaringBitmap;

/**
 * The vectors and the stored graph of each collection. A piece of 1 MiB of vectors is read at a time; a graph is
 * loaded whole, outside the heap (some 140 bytes a vector), one at a time.
 *
 * <p>Not thread-safe; used once.
 */
final class VectorLook {
    private static final String PART = "vectors";
    private static final int NAMED_MAX = 25;

    private final Path vectors;
    private final Consumer<Finding> out;
    long checked;
    long graphNodes;

    VectorLook(Path vectors, Consumer<Finding> out) {
        this.vectors = vectors;
        this.out = out;
    }

    void collection(CollectionInfo info, Looked looked, RecordInspector records) {
        int ordinals = looked.state().ordinals();
        if (ordinals == 0) {
            return;
        }
        if (info.dimension() == 0) {
            out.accept(Finding.damage("dimension", "catalog", "it has vectors and no dimension")
                    .in(info.number()).means("its vectors cannot be opened").todo(Finding.FROM_BACKUP));
            return;
        }
        Path directory = vectors.resolve(Integer.toString(info.number()));
        try {
            arena(info, looked, directory, records);
            graph(info, directory, ordinals);
        } catch (UncheckedIOException unreadable) {
            out.accept(Finding.damage("vector-file", PART, unreadable.getMessage() + ": "
                    + unreadable.getCause()).in(info.number())
                    .means("the collection answers only what needs no vectors").todo(Finding.FROM_BACKUP));
        }
    }

    private void arena(CollectionInfo info, Looked looked, Path directory, RecordInspector records) {
        RoaringBitmap live = looked.live().getLongCardinality() == looked.state().ordinals()
                ? null
                : looked.live();
        VectorCheck found = VectorCheck.of(directory, CatalogView.vectors(info), looked.state().ordinals(),
                live);
        checked += found.checked();
        if (found.damagedHeaders() > 0) {
            out.accept(Finding.damage("vector-header", PART, found.damagedHeaders()
                    + " files have no right header").at(directory).in(info.number())
                    .means("nothing is lost").todo("none: the next start writes them anew"));
        }
        int damaged = found.damaged().getCardinality();
        List<String> ids = damaged == 0
                ? List.of()
                : records.idsOf(info.number(), found.damaged(), NAMED_MAX);
        for (String id : ids) {
            out.accept(vector(info, "its vector does not match its checksum, or cannot be read").of(id));
        }
        if (damaged > ids.size()) {
            out.accept(vector(info, damaged - ids.size() + " more vectors do not match their checksums"));
        }
    }

    private static Finding vector(CollectionInfo info, String what) {
        return Finding.damage("vector", PART, what).in(info.number())
                .means("searches may miss the record or give it a wrong distance")
                .todo("write its vector again (upsert), or restore a backup");
    }

    private void graph(CollectionInfo info, Path directory, int ordinals) {
        SegmentFiles.GraphReport graph = SegmentFiles.checkGraph(directory, CatalogView.vectors(info),
                ordinals);
        graphNodes += graph.nodes();
        for (String problem : graph.problems()) {
            out.accept(Finding.damage("graph", "graph", problem).at(directory.resolve("graph"))
                    .in(info.number())
                    .means("a start that finds the file damaged builds the graph again, and searches"
                            + " scan until it is built")
                    .rebuildable("graph"));
        }
    }

    /** Directories of collections that there are not. */
    void leftovers(Set<Integer> known) {
        if (!Files.isDirectory(vectors)) {
            return;
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(vectors)) {
            for (Path path : all) {
                String name = path.getFileName().toString();
                if (!name.matches("[1-9][0-9]{0,9}") || !known.contains((int) Long.parseLong(name))) {
                    out.accept(Finding.note("leftover", PART, "no collection has this directory").at(path)
                            .means("a drop was interrupted, or it is not Forebay's; the next start removes what is"));
                }
            }
        } catch (IOException e) {
            out.accept(Finding.damage("vector-file", PART, "cannot be listed: " + e).at(vectors));
        }
    }
}
