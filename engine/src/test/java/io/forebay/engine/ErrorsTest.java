package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.ErrorCode;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What a caller is told when a part of the store cannot go on. */
class ErrorsTest {
    @Test
    void aFullDiskUnderTheRecordsIsToldAsInsufficientStorage() {
        IllegalStateException full = new IllegalStateException("the records cannot be written",
                new IOException("No space left on device"));
        assertThat(Errors.ofRecords(full).code()).isEqualTo(ErrorCode.INSUFFICIENT_STORAGE);
        assertThat(Errors.ofRecords(full)).hasMessageContaining("cannot be written").hasCause(full);
        IllegalStateException closed = new IllegalStateException("closed");
        assertThat(Errors.ofRecords(closed).code()).isEqualTo(ErrorCode.UNAVAILABLE);
    }
}
