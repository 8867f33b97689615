package io.forebay.etl;

import java.nio.ByteBuffer;

/** A spool file that is being filled. One thread at a time. Whoever has it calls {@link #finish} or {@link #abort}. */
public interface Upload {
    /**
     * Appends.
     *
     * @throws io.forebay.model.ForebayException PAYLOAD_TOO_LARGE above the limit of one upload, INSUFFICIENT_STORAGE
     * when the
     *         disk has no room for it; the file is then gone already
     */
    void write(ByteBuffer bytes);

    long bytes();

    /** Syncs the file; answers its name in the spool folder, for {@link io.forebay.etl.job.JobSource.Spooled}. */
    String finish();

    /** Leaves no file. After {@link #finish} only where no job has taken it. */
    void abort();
}
