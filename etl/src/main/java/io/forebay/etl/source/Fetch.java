package io.forebay.etl.source;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Brings something from elsewhere into a local file. One thread. */
public interface Fetch {
    /** Of the files that a fetch keeps beside its target, behind the target's name. */
    List<String> SUFFIXES = List.of(FetchState.SUFFIX, FetchState.FRESH);

    /**
     * Goes on where an earlier call for the same target ended (what it needs to know for that stands beside the target, in
     * files with one of the {@link #SUFFIXES}), and returns when the target is whole and synced. Tries again what can
     * pass. An interrupt ends it.
     *
     * @throws FetchException when it cannot be had, with what and why
     */
    void fetch(Path target, Progress progress) throws IOException, InterruptedException;

    /** The name that tells the format, such as {@code bugs.jsonl}. Known before fetching. */
    String fileName();

    /** Told as bytes arrive. */
    @FunctionalInterface
    interface Progress {
        /** @param bytesTotal -1 while not known */
        void fetched(long bytes, long bytesTotal);
    }
}
