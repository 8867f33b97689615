package io.forebay.wal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * Whether a process has the log open, found without touching its lock: to try for the lock would take it away for a
 * moment, and to open and close its file in the process that holds it would release it.
 *
 * <p>Limits: certain where {@code /proc/locks} lists the locks (Linux, same pid namespace, local file system). Elsewhere
 * all that is known is whether a process with the pid in the file exists; it may be another one by now, and one in another
 * container is not seen.
 *
 * @param pid of the process, 0 when there is none
 */
public record WalOwner(State state, long pid) {

    /** What is known. */
    public enum State {
        /** The process has the log open. */
        HELD,
        /** No process that can be seen has it open. */
        FREE,
        /** The process that had it last, or another of the same pid, is alive. */
        UNSURE
    }

    private static final Path LOCKS = Path.of("/proc/locks");

    static WalOwner of(Path directory) throws IOException {
        if (LogLock.heldByThisProcess(directory)) {
            return new WalOwner(State.HELD, ProcessHandle.current().pid());
        }
        Path file = directory.resolve(LogLock.FILE);
        long pid;
        try {
            pid = Long.parseLong(Files.readString(file, StandardCharsets.US_ASCII).strip());
        } catch (NoSuchFileException | NumberFormatException e) {
            return new WalOwner(State.FREE, 0);
        }
        if (Files.isReadable(LOCKS) && Files.getFileStore(file).supportsFileAttributeView("unix")) {
            return lists(Files.readAllLines(LOCKS), pid, Files.getAttribute(file, "unix:ino"))
                    ? new WalOwner(State.HELD, pid)
                    : new WalOwner(State.FREE, 0);
        }
        boolean alive = ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
        return alive ? new WalOwner(State.UNSURE, pid) : new WalOwner(State.FREE, 0);
    }

    /** A line is {@code 1: POSIX ADVISORY WRITE <pid> <major>:<minor>:<inode> <from> <to>}. */
    static boolean lists(List<String> locks, long pid, Object inode) {
        for (String line : locks) {
            String[] words = line.strip().split("\\s+");
            if (words.length > 5 && words[4].equals(Long.toString(pid)) && words[5].endsWith(":" + inode)) {
                return true;
            }
        }
        return false;
    }
}
