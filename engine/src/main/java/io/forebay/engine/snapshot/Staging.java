package io.forebay.engine.snapshot;

import io.forebay.engine.snapshot.Snapshot.Extent;
import io.forebay.engine.snapshot.Snapshot.Item;
import io.forebay.index.vector.SegmentPieces.Piece;
import io.forebay.wal.WalPiece;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The directory in which files of a store get second names while a snapshot is taken. A file that cannot be linked (not
 * every file system has links) is copied, while the store waits with its checkpoints.
 *
 * <p>Threads: one.
 */
public final class Staging {
    /** Files in the store's directory itself that say what the store is. */
    public static final List<String> ROOT_FILES = List.of("STORE");

    private final Path directory;
    private final List<Item> items;

    /** @param items where what is taken is noted */
    public Staging(Path directory, List<Item> items) {
        this.directory = directory;
        this.items = items;
    }

    /** A place for a whole directory; its parent is there, it is not. */
    public Path directory(String path) {
        Path place = directory.resolve(path);
        try {
            Files.createDirectories(place.getParent());
            return place;
        } catch (IOException e) {
            throw failed(place, e);
        }
    }

    /** Notes the files of a RocksDB that made itself a checkpoint there. */
    public void database(String path) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory.resolve(path))) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                boolean settled = name.endsWith(".sst") || name.endsWith(".blob");
                items.add(new Item(path + "/" + name, file, Files.size(file), settled, null));
            }
        } catch (IOException e) {
            throw failed(directory.resolve(path), e);
        }
    }

    public void link(String path, Piece piece) {
        take(path, piece.file(), piece.bytes(), piece.settled(), null);
    }

    public void link(String path, Path file) {
        take(path, file, Piece.WHOLE, false, null);
    }

    public void extent(String path, WalPiece piece) {
        take(path, piece.file(), piece.bytes(), false, new Extent(piece.extent(), piece.previousExtent(),
                piece.firstSeqId(), piece.lastSeqId()));
    }

    /** What lies in the store's directory itself and is the store's. */
    public void rootFiles(Path store) {
        for (String name : ROOT_FILES) {
            if (Files.isRegularFile(store.resolve(name))) {
                link("", store.resolve(name));
            }
        }
    }

    private void take(String path, Path file, long bytes, boolean settled,
            @Nullable Extent extent) {
        Path folder = directory.resolve(path);
        Path name = folder.resolve(file.getFileName());
        try {
            Files.createDirectories(folder);
            try {
                Files.createLink(name, file);
            } catch (NoSuchFileException gone) {
                if (!Files.exists(file)) {
                    return; // temporary, or a mark that is needed no more
                }
                throw gone;
            } catch (FileSystemException | UnsupportedOperationException notHere) {
                Files.copy(file, name);
            }
            String full = path.isEmpty() ? name.getFileName().toString() : path + "/" + name.getFileName();
            // Only now: the file may have been another one before.
            items.add(new Item(full, name, bytes == Piece.WHOLE ? Files.size(name) : bytes, settled, extent));
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    private static UncheckedIOException failed(Path file, IOException cause) {
        return new UncheckedIOException("cannot take " + file + " into a backup: " + cause, cause);
    }
}
