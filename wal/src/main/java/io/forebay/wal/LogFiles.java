package io.forebay.wal;

import io.forebay.wal.ExtentFiles.Purged;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What lies in a log's directory, for those who only look: nothing is deleted, made or locked. The names are those that
 * {@link ExtentFiles} tells of. A running store adds and purges extents meanwhile, so the directory is listed until two
 * listings are equal: a mark of a purged extent is made before the extent goes, and one of the two is then seen.
 */
final class LogFiles {
    private static final Pattern NAME = Pattern.compile("(\\d{16})(\\.purged)?");
    private static final int ATTEMPTS = 100;

    private LogFiles() {}

    /**
     * A listing.
     *
     * @param extents      directories of extents by number
     * @param purged       marks of extents purged between kept ones
     * @param damagedMarks those that do not check
     */
    record Listing(TreeMap<Integer, Path> extents, TreeMap<Integer, Purged> purged,
            TreeMap<Integer, Path> damagedMarks) {}

    /** The file with the documents; where there is none, the name that it would have. */
    static Path fileIn(Path extentDirectory) {
        for (String name : ExtentFiles.FILES) {
            Path file = extentDirectory.resolve(name);
            if (Files.exists(file)) {
                return file;
            }
        }
        return fileToMake(extentDirectory);
    }

    /** What a tool that writes an extent calls its file: it writes documents and nothing else. */
    static Path fileToMake(Path extentDirectory) {
        return extentDirectory.resolve(FileExtent.FILE);
    }

    /** Whether it was made and never used. */
    static boolean isPrepared(Path extentDirectory) {
        return Files.exists(extentDirectory.resolve(ChronicleExtent.PRECREATED));
    }

    static boolean hasExtents(Path directory) throws IOException {
        return Files.isDirectory(directory) && !listOnce(directory).extents().isEmpty();
    }

    /** Whether a log was ever opened there; its first extent is made with its first entry. */
    static boolean isLog(Path directory) throws IOException {
        return Files.exists(directory.resolve(LogLock.FILE)) || hasExtents(directory);
    }

    static Listing list(Path directory) throws IOException {
        Listing before = listOnce(directory);
        for (int i = 0; i < ATTEMPTS; i++) {
            Listing now = listOnce(directory);
            if (now.equals(before)) {
                return now;
            }
            before = now;
        }
        return before;
    }

    private static Listing listOnce(Path directory) throws IOException {
        Listing listing = new Listing(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
        for (Path child : children(directory)) {
            Matcher name = NAME.matcher(String.valueOf(child.getFileName()));
            if (!name.matches() || Long.parseLong(name.group(1)) > Integer.MAX_VALUE) {
                continue;
            }
            int number = Integer.parseInt(name.group(1));
            if (name.group(2) == null) {
                listing.extents().put(number, child);
            } else {
                readMark(child, number, listing);
            }
        }
        return listing;
    }

    /** Sorted. */
    static TreeSet<Path> children(Path directory) throws IOException {
        TreeSet<Path> all = new TreeSet<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
            children.forEach(all::add);
        }
        return all;
    }

    private static void readMark(Path mark, int number, Listing listing) throws IOException {
        try {
            listing.purged().put(number, ExtentFiles.purged(mark, number, Files.readAllBytes(mark)));
        } catch (NoSuchFileException e) {
            return; // forgotten meanwhile: nothing older is left
        } catch (WalException e) {
            listing.damagedMarks().put(number, mark);
        }
    }
}
