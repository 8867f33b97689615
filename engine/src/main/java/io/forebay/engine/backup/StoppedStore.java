package io.forebay.engine.backup;

import io.forebay.engine.StoreDirectory;
import io.forebay.engine.snapshot.Staging;
import io.forebay.engine.snapshot.Snapshot;
import io.forebay.engine.ForkEntries;
import io.forebay.engine.snapshot.Snapshot.Extent;
import io.forebay.engine.snapshot.Snapshot.Item;
import io.forebay.engine.manifest.ManifestException;
import io.forebay.engine.manifest.StoreUpgrade;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.wal.WalExtentInfo;
import io.forebay.wal.WalHold;
import io.forebay.wal.WalScan;
import io.forebay.wal.WalTools;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A store that nobody has open: its files as they lie, under its lock. They are whole after a clean end and after a crash.
 * As of an earlier seqId it cannot be restored alone, because what is applied is not looked at.
 */
public final class StoppedStore implements Source {
    private static final List<String> DIRECTORIES = List.of("records", "imports/db", "vectors");
    /** What RocksDB writes for people, its lock, and our copy of its library. */
    private static final Set<String> NOT_NEEDED = Set.of("LOCK", "LOG", "native");

    private final Path directory;

    public StoppedStore(Path directory) {
        this.directory = directory;
    }

    @Override
    public Held hold() {
        Path log = directory.resolve("wal");
        try {
            StoreUpgrade.refuseNewer(directory);
        } catch (ManifestException refused) {
            throw new ForebayException(ErrorCode.UNAVAILABLE, String.valueOf(refused.getMessage()), refused);
        }
        StoreDirectory.refuseUnfinished(directory);
        WalHold hold = WalTools.hold(log);
        try {
            Snapshot snapshot = snapshot(log);
            return new Held() {
                @Override
                public Snapshot snapshot() {
                    return snapshot;
                }

                @Override
                public void close() {
                    hold.close();
                }
            };
        } catch (IOException e) {
            hold.close();
            throw Repository.failed("cannot read the store in " + directory, e);
        } catch (RuntimeException | Error e) {
            hold.close();
            throw e;
        }
    }

    private Snapshot snapshot(Path log) throws IOException {
        List<Item> items = new ArrayList<>();
        for (String name : DIRECTORIES) {
            addTree(name, items);
        }
        List<Long> forks = new ArrayList<>();
        WalScan scan = WalTools.scan(log, (frame, payload) -> {
            if (ForkEntries.isFork(frame, payload)) {
                forks.add(frame.maxSeqId());
            }
        });
        if (!scan.fine()) {
            throw new BackupException(BackupException.Reason.DAMAGED,
                    "the log is damaged: " + scan.damages().getFirst() + "; see forebay wal verify");
        }
        if (scan.entries() > 0 && !Files.exists(directory.resolve("records/CURRENT"))) {
            throw new BackupException(BackupException.Reason.DAMAGED,
                    directory + " is not a whole store: there is a log, and no record segments (records/CURRENT)");
        }
        for (WalExtentInfo extent : scan.extents()) {
            if (extent.used()) {
                addExtent(extent, items);
            }
        }
        for (int number : scan.purgedBetween()) {
            add("wal/%016d.purged".formatted(number), items);
        }
        for (String name : Staging.ROOT_FILES) {
            if (Files.isRegularFile(directory.resolve(name))) {
                add(name, items);
            }
        }
        long last = Math.max(0, scan.nextSeqId() - 1);
        return new Snapshot(List.copyOf(items), last, last, forks);
    }

    private void addTree(String path, List<Item> items) throws IOException {
        Path folder = directory.resolve(path);
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
            for (Path child : children) {
                String name = child.getFileName().toString();
                if (NOT_NEEDED.contains(name) || name.startsWith("LOG.old")) {
                    continue;
                }
                if (Files.isDirectory(child)) {
                    addTree(path + "/" + name, items);
                } else {
                    add(path + "/" + name, items);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw new IOException(e);
        }
    }

    private void add(String path, List<Item> items) throws IOException {
        Path file = directory.resolve(path);
        boolean settled = path.endsWith(".sst") || path.endsWith(".blob");
        items.add(new Item(path, file, Files.size(file), settled, null));
    }

    private void addExtent(WalExtentInfo extent, List<Item> items) throws IOException {
        Path file = extent.file();
        Path parent = file.getParent();
        items.add(new Item("wal/" + (parent == null ? "" : parent.getFileName()) + "/" + file.getFileName(),
                file, extent.endBytes(), false,
                new Extent(extent.number(), extent.previous(), extent.firstSeqId(), extent.lastSeqId())));
    }

    @Override
    public void checkMayGoOn() {
        if (Thread.currentThread().isInterrupted()) {
            throw new BackupException(BackupException.Reason.CLOSED, "interrupted");
        }
    }
}
