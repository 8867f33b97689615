package io.forebay.etl;

import io.forebay.etl.job.Job;
import io.forebay.etl.job.JobState;
import io.forebay.etl.job.OnDuplicate;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Imports a file, imports it again with changes, undoes the changes, cancels a fourth import and has it undone, each step
 * when the one before is over, whatever process did that; tells every change, for whoever kills it. Says DONE at the end.
 */
final class ImportCrashChild {
    static final int DOCUMENTS = 160;
    static final int CHANGED = 80;

    private ImportCrashChild() {}

    public static void main(String[] args) throws Exception {
        // One chunk of 16 documents after the other, so that there is something to interrupt.
        try (ImportStore store = new ImportStore(Path.of(args[0]), ImportStore.options(16, 1))) {
            for (int step = 0; step < 5; step++) {
                Job job = job(store, step);
                while (job == null) {
                    begin(store, step);
                    job = job(store, step);
                }
                await(store, job, step);
            }
        }
        say("DONE");
    }

    private static Job job(ImportStore store, int step) {
        List<Job> jobs = store.imports.jobs(null, null, null, null, 0, 10).jobs().reversed();
        return jobs.size() > step ? jobs.get(step) : null;
    }

    private static void begin(ImportStore store, int step) throws InterruptedException {
        switch (step) {
            case 0 -> store.submit(ImportStore.lines(0, DOCUMENTS, "first "));
            case 1 -> store.submit(ImportStore.lines(CHANGED, DOCUMENTS, "second ")
                    + ImportStore.lines(DOCUMENTS, DOCUMENTS + CHANGED, "new "), OnDuplicate.UPDATE);
            case 2 -> {
                Job changed = job(store, 1);
                store.imports.revert(store.collection(), String.valueOf(changed.commit()), false, null, null,
                        "test");
            }
            case 3 -> store.submit(ImportStore.lines(1000, 1000 + DOCUMENTS, "third "));
            default -> store.imports.cancel(job(store, 3).id(), true); // it has ended, and is undone after that
        }
    }

    private static void await(ImportStore store, Job job, int step) throws InterruptedException {
        CountDownLatch over = new CountDownLatch(1);
        try (Imports.Following following = store.imports.follow(job.id(), () -> {
            Job now = store.imports.job(job.id());
            say(step + " " + now.state() + " " + now.progress().processed());
            if (step == 3 && now.progress().processed() >= 48 && now.state() == JobState.PROCESSING
                    && !now.cancelling()) {
                store.imports.cancel(job.id(), true);
            }
            if (now.state().isFinal()) {
                over.countDown();
            }
        })) {
            over.await();
        }
    }

    private static synchronized void say(String what) {
        System.out.println(what);
        System.out.flush();
    }
}
