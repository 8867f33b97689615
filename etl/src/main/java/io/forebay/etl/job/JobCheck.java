package io.forebay.etl.job;

import io.forebay.etl.db.ImportDatabase;
import io.forebay.etl.db.ImportDatabase.Family;
import io.forebay.model.Finding;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/** Whether each job and each of its errors can be read. Holds the ids of the jobs. Threads: one. */
public final class JobCheck {
    private final Consumer<Finding> out;
    private final Set<UUID> asked = new HashSet<>();
    private final Set<UUID> standing = new HashSet<>();

    private JobCheck(Consumer<Finding> out) {
        this.out = out;
    }

    public static void run(ImportDatabase db, Consumer<Finding> out) {
        new JobCheck(out).run(db);
    }

    private void run(ImportDatabase db) {
        db.walk(Family.JOBS, this::job);
        asked.stream().filter(id -> !standing.contains(id)).forEach(id -> out.accept(damage(id,
                "it is not known where it stands")));
        standing.stream().filter(id -> !asked.contains(id)).forEach(id -> out.accept(damage(id,
                "it is not known what it was asked for")));
        db.walk(Family.ERRORS, (key, value) -> {
            try {
                JobCodec.error(value);
            } catch (RuntimeException unreadable) {
                out.accept(damage(JobIds.of(key, 0), "one of its errors cannot be read: "
                        + unreadable.getMessage()));
            }
        });
    }

    private void job(byte[] key, byte[] value) {
        UUID id = JobIds.of(key, 1);
        try {
            switch (key[0]) {
                case 'r' -> {
                    asked.add(id);
                    JobCodec.asked(value);
                }
                case 's' -> {
                    standing.add(id);
                    JobCodec.status(value);
                }
                default -> {
                    if (key[0] != 'w' || value.length != 1) {
                        throw new IllegalArgumentException("kind " + key[0] + ", " + value.length + " bytes");
                    }
                }
            }
        } catch (RuntimeException unreadable) {
            out.accept(damage(id, "a row of it cannot be read: " + unreadable.getMessage()));
        }
    }

    private static Finding damage(UUID job, String what) {
        return Finding.damage("job", "imports", what).at("job " + job)
                .means("the job is passed over; what it loaded is in its collection")
                .todo("run the import again if it had not ended");
    }
}
