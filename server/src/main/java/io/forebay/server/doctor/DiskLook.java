package io.forebay.server.doctor;

import io.forebay.server.config.ServerConfig;
import io.forebay.wal.WalConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The disk of a store: room, kind, mount options, and how fast it writes and syncs, measured with a file of its own
 * beside what is there, for a few seconds at most.
 *
 * <p>Invariants: the file is new, under a name that nobody can foresee, and no link is followed, so nothing that is there
 * is written to, whoever planted it; it loses its name as soon as it is open, so a killed doctor leaves none where the system
 * allows that. Nothing is written that would go below the reserve.
 */
final class DiskLook {
    private static final String FILE = ".forebay-doctor-";
    private static final Set<String> MEMORY = Set.of("tmpfs", "ramfs", "devtmpfs");
    private static final Set<String> NETWORK = Set.of("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p",
            "fuse.sshfs", "ceph",
            "glusterfs", "vboxsf");
    private static final int PIECE_BYTES = 1 << 20;
    private static final int PIECES_MAX = 64;
    private static final int SYNCS_MAX = 200;
    private static final long MEASURED_BYTES = (long) PIECES_MAX * PIECE_BYTES;
    private static final long NANOS_MAX = 2_000_000_000L;
    private static final double MILLIS = 1e6;

    private final SystemFiles files;
    private final WalConfig log;
    private final List<Diagnosis> out;

    /** @param wal what is configured; null when that cannot be read, then it is the default */
    DiskLook(SystemFiles files, ServerConfig.@Nullable Wal wal, List<Diagnosis> out) {
        this.files = files;
        this.log = wal == null
                ? WalConfig.defaults()
                : WalConfig.defaults().withExtentBytes(wal.extentBytes())
                        .withReserveBytesMin(wal.diskReserveBytes());
        this.out = out;
    }

    /** The store need not exist: then it is about where it would be made. */
    void run(Path store) {
        Path place = store.toAbsolutePath().normalize();
        while (!Files.isDirectory(place)) {
            Path parent = place.getParent();
            if (parent == null) {
                return;
            }
            place = parent;
        }
        boolean hasRoom;
        try {
            FileStore disk = Files.getFileStore(place);
            hasRoom = room(disk, place);
            kind(disk.type(), place);
        } catch (IOException e) {
            out.add(Diagnosis.bad("disk", place + " cannot be looked at: " + e, "mount it, or give rights"));
            return;
        }
        mount(place);
        if (!Files.isWritable(place)) {
            out.add(Diagnosis.bad("disk", place + " is not writable for this user",
                    "run as the user of the server, or chown it"));
            return;
        }
        if (hasRoom) {
            measure(place);
        } else {
            out.add(Diagnosis.warn("disk speed", "not measured: there is no room for it above the reserve",
                    "make room"));
        }
    }

    /** Whether there is room to measure. */
    private boolean room(FileStore disk, Path place) throws IOException {
        long total = disk.getTotalSpace();
        long free = disk.getUsableSpace();
        String what = place + ": " + MachineLook.bytes(free) + " free of " + MachineLook.bytes(total);
        long reserve = log.reserveBytes(total);
        if (free < reserve) {
            out.add(Diagnosis.bad("disk", what, "below the reserve of " + MachineLook.bytes(reserve)
                    + " (the largest of wal.disk_reserve_bytes, two extents and a share of the disk) writes are refused: make room"));
        } else {
            out.add(Diagnosis.of(free >= 2 * reserve, "disk", what,
                    "make room before the reserve of " + MachineLook.bytes(reserve) + " is reached"));
        }
        return free - MEASURED_BYTES >= reserve;
    }

    private void kind(String type, Path place) {
        if (MEMORY.contains(type)) {
            out.add(Diagnosis.bad("file system", type + " at " + place,
                    "it is gone with the next start of the machine: put the store on a disk (server.path)"));
        } else if (NETWORK.contains(type) || type.startsWith("nfs")) {
            out.add(Diagnosis.bad("file system", type + " at " + place,
                    "locks and syncs of network file systems do not keep what they promise: put the store on a local disk"));
        } else {
            out.add(Diagnosis.of(!type.startsWith("overlay"), "file system", type + " at " + place,
                    "the layer of a container, gone with it, and slower: put the store on a volume"));
        }
    }

    /** The options of the mount that is nearest above. */
    private void mount(Path place) {
        String options = null;
        int longest = -1;
        for (String line : files.lines("proc/self/mounts")) {
            String[] words = line.split(" ");
            boolean isAbove = words.length > 3 && place.startsWith(Path.of(words[1].replace("\\040", " ")));
            if (isAbove && words[1].length() >= longest) {
                longest = words[1].length();
                options = words[3];
            }
        }
        if (options == null) {
            return;
        }
        List<String> all = Arrays.asList(options.split(","));
        if (all.contains("ro")) {
            out.add(Diagnosis.bad("mount options", options, "mounted read-only: remount it for writing"));
        } else if (all.contains("noexec")) {
            out.add(Diagnosis.bad("mount options", options,
                    "RocksDB's library is loaded from the store: mount it without noexec"));
        } else {
            out.add(Diagnosis.of(!all.contains("nobarrier") && !all.contains("data=writeback"),
                    "mount options", options,
                    "without write barriers a power loss may take what was acknowledged"));
        }
    }

    private void measure(Path place) {
        Path file = place.resolve(FILE + UUID.randomUUID());
        boolean isThere = false;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            isThere = !isDeleted(file);
            writes(channel);
            syncs(channel);
        } catch (IOException e) {
            out.add(Diagnosis.bad("disk speed", "cannot be measured: " + e,
                    "see what the disk says (dmesg)"));
        }
        if (isThere && !isDeleted(file)) {
            out.add(Diagnosis.warn("disk speed", file + " is left over", "delete it"));
        }
    }

    /** Windows deletes no file that is open. */
    private static boolean isDeleted(Path file) {
        try {
            Files.delete(file);
            return true;
        } catch (IOException isOpen) {
            return false;
        }
    }

    private void writes(FileChannel channel) throws IOException {
        ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);
        for (int i = 0; i < PIECE_BYTES; i += Long.BYTES) {
            piece.putLong(i, i * 0x9E3779B97F4A7C15L);
        }
        long start = System.nanoTime();
        int written = 0;
        while (written < PIECES_MAX && System.nanoTime() - start < NANOS_MAX) {
            channel.write(piece.clear());
            written++;
        }
        channel.force(true);
        double speed = written / ((System.nanoTime() - start) / 1e9);
        out.add(Diagnosis.of(speed >= 50, "disk speed",
                String.format(Locale.ROOT, "%.0f MiB/s written and synced (%d MiB)", speed, written),
                "the log and compactions share this: an SSD, or a disk of its own"));
    }

    private void syncs(FileChannel channel) throws IOException {
        ByteBuffer small = ByteBuffer.allocateDirect(4096);
        long[] nanos = new long[SYNCS_MAX];
        int count = 0;
        long begin = System.nanoTime();
        while (count < SYNCS_MAX && System.nanoTime() - begin < NANOS_MAX) {
            long start = System.nanoTime();
            channel.write(small.clear(), (long) count * 4096);
            channel.force(false);
            nanos[count++] = System.nanoTime() - start;
        }
        Arrays.sort(nanos, 0, count);
        double p50 = nanos[count / 2] / MILLIS;
        double p99 = nanos[Math.min(count - 1, count * 99 / 100)] / MILLIS;
        String what = String.format(Locale.ROOT, "p50 %.2f ms, p99 %.2f ms (%d syncs of 4 KiB)", p50, p99,
                count);
        String advice = advice(p50);
        out.add(Diagnosis.of(advice == null && p99 <= 100, "sync latency", what, advice == null
                ? "some syncs take long, and acknowledgements at durability sync wait for them: see what else uses the disk"
                : advice));
    }

    private static @Nullable String advice(double p50) {
        if (p50 > 20) {
            return "each acknowledgement at durability sync waits that long: an SSD with power loss protection, larger"
                    + " batches, or more at once";
        }
        return p50 < 0.005
                ? "faster than any disk: does this storage keep what it acknowledged over a power loss?"
                : null;
    }
}
