package io.forebay.etl;

import io.forebay.etl.commit.HistoryCheck;
import io.forebay.etl.db.ImportDatabase;
import io.forebay.etl.db.ImportDatabase.Family;
import io.forebay.etl.embed.EmbeddingCache;
import io.forebay.etl.job.JobCheck;
import io.forebay.model.Finding;
import io.forebay.model.ForebayException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Looks at the import database of a store that is not running, and writes nothing: tables, jobs, history, embeddings.
 *
 * <p>Threads: one. What is wrong is a finding, also that it cannot be opened.
 */
public final class ImportCheck {
    private ImportCheck() {}

    /** Returns how many table files there are; 0 where nothing was ever imported. */
    public static long run(Path store, Consumer<Finding> out) {
        Path directory = store.resolve("imports").resolve("db");
        if (!Files.exists(directory.resolve("CURRENT"))) {
            if (Files.exists(directory.resolve("FORMAT"))) {
                out.accept(unreadable("its file CURRENT is missing").at(directory));
            }
            return 0;
        }
        try (ImportDatabase db = ImportDatabase.openReadOnly(directory)) {
            int files = db.checkTables(directory, out);
            attempt(directory, out, () -> JobCheck.run(db, out));
            attempt(directory, out, () -> HistoryCheck.run(db, out));
            attempt(directory, out, () -> db.walk(Family.EMBEDDINGS, (key, value) -> {
                if (!EmbeddingCache.isWhole(key, value)) {
                    out.accept(Finding.damage("embedding", "imports", "an embedding that was kept is damaged")
                            .means("nothing is lost: it is made again when it is needed"));
                }
            }));
            return files;
        } catch (ForebayException refused) {
            out.accept(unreadable(String.valueOf(refused.getMessage())).at(directory));
            return 0;
        }
    }

    private static void attempt(Path directory, Consumer<Finding> out, Runnable work) {
        try {
            work.run();
        } catch (ForebayException damage) {
            out.accept(unreadable(String.valueOf(damage.getMessage())).at(directory));
        }
    }

    private static Finding unreadable(String what) {
        return Finding.damage("imports", "imports", what)
                .means("jobs and commits cannot be read, all or in part; the collections are whole")
                .todo(Finding.FROM_BACKUP + "; to go on without: move it away");
    }
}
