package io.forebay.server.doctor;

import io.forebay.engine.StoreDirectory;
import io.forebay.engine.manifest.ForebayVersion;
import io.forebay.engine.manifest.ManifestException;
import io.forebay.engine.manifest.StoreManifest;
import io.forebay.engine.manifest.StoreUpgrade;
import io.forebay.wal.WalException;
import io.forebay.wal.WalOwner;
import io.forebay.wal.WalTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The store's directory from outside: whose it is, which format, who has it open, and whether the clock fits to it. */
final class StoreLook {
    private static final Instant EARLIEST = Instant.parse("2025-01-01T00:00:00Z");

    private final List<Diagnosis> out;

    StoreLook(List<Diagnosis> out) {
        this.out = out;
    }

    void run(Path store) {
        Instant newest = EARLIEST;
        if (Files.isDirectory(store.resolve("wal"))) {
            manifest(store);
            rights(store);
            owner(store);
            newest = newest(store);
        } else {
            out.add(Diagnosis.ok("store", store + " has no store yet; a server makes one"));
        }
        Instant now = Instant.now();
        out.add(now.plus(Duration.ofMinutes(1)).isAfter(newest)
                ? Diagnosis.ok("clock", now.toString())
                : Diagnosis.bad("clock", now + ", and the store was written at " + newest,
                        "set the clock (NTP): ages of records, keys and lag are wrong"));
    }

    private void manifest(Path store) {
        try {
            StoreManifest found = StoreUpgrade.readable(store);
            out.add(Diagnosis.ok("store", store + (found == null
                    ? ": of before the manifest; the next start writes it"
                    : ": format " + found.format() + ", made by " + found.madeBy() + ", last opened by "
                            + found.openedBy() + "; this is " + ForebayVersion.text())));
        } catch (ManifestException refused) {
            out.add(Diagnosis.bad("store", String.valueOf(refused.getMessage()), "see there"));
        }
    }

    private void rights(Path store) {
        try {
            out.add(Diagnosis.of(!StoreDirectory.isOpenToOthers(store), "rights",
                    store + " belongs to " + Files.getOwner(store).getName()
                            + (StoreDirectory.isOpenToOthers(store)
                                    ? " and others can read it"
                                    : " alone"),
                    "chmod -R go= " + store));
            if (!Files.isWritable(store)) {
                out.add(Diagnosis.bad("rights",
                        store + " is not writable for " + System.getProperty("user.name"),
                        "run as " + Files.getOwner(store).getName() + ", or chown -R it"));
            }
        } catch (IOException e) {
            out.add(Diagnosis.warn("rights", "cannot be read: " + e, "look with ls -ld " + store));
        }
    }

    private void owner(Path store) {
        try {
            WalOwner owner = WalTools.owner(WalTools.logDirectory(store));
            out.add(switch (owner.state()) {
                case HELD -> Diagnosis.ok("in use", "by process " + owner.pid());
                case FREE -> Diagnosis.ok("in use", "no");
                case UNSURE -> Diagnosis.ok("in use", "perhaps by process " + owner.pid());
            });
        } catch (WalException unreadable) {
            out.add(Diagnosis.bad("in use", String.valueOf(unreadable.getMessage()), "forebay wal stat"));
        }
    }

    private static Instant newest(Path store) {
        try {
            return Files.getLastModifiedTime(store.resolve("wal").resolve("LOCK")).toInstant();
        } catch (IOException none) {
            return EARLIEST;
        }
    }
}
