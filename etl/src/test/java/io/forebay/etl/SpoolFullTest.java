package io.forebay.etl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.engine.TinyDisk;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The disk under the spool folder is full. */
class SpoolFullTest {
    @Test
    void anUploadThatTheDiskHasNoRoomForIsRefusedAndLeavesNothing(@TempDir Path directory) throws Exception {
        try (TinyDisk disk = new TinyDisk(directory.resolve("disk"), 2)) {
            SpoolFolder spool = new SpoolFolder(directory.resolve("disk/spool"), 1L << 40);
            Upload upload = spool.upload();
            ByteBuffer megabyte = ByteBuffer.allocate(1 << 20);
            assertThatThrownBy(() -> {
                for (int i = 0; i < 3; i++) {
                    upload.write(megabyte.clear());
                }
            }).isInstanceOfSatisfying(ForebayException.class,
                    e -> assertThat(e.code()).isEqualTo(ErrorCode.INSUFFICIENT_STORAGE));
            assertThat(spool.size()).isEqualTo(new SpoolFolder.Size(0, 0));
            Upload small = spool.upload();
            small.write(ByteBuffer.allocate(1000));
            assertThat(spool.has(small.finish())).isTrue();
        }
    }
}
