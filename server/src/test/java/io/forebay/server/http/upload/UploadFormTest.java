package io.forebay.server.http.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.etl.Upload;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UploadFormTest {
    @TempDir
    Path spool;

    private int made;
    private final UploadForm form = new UploadForm(() -> new SpoolFile("s" + made++), name -> {
        if (name.equals("unknown")) {
            throw ForebayException.invalid("unknown");
        }
    });

    /** As simple as a spool file can be. */
    private final class SpoolFile implements Upload {
        private final Path path;
        private final FileChannel channel;
        private boolean finished;

        SpoolFile(String name) {
            path = spool.resolve(name);
            try {
                channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void write(ByteBuffer bytes) {
            try {
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public long bytes() {
            return path.toFile().length();
        }

        @Override
        public String finish() {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            finished = true;
            return path.getFileName().toString();
        }

        @Override
        public void abort() {
            if (!finished) {
                assertThat(path.toFile().delete()).isTrue();
                finished = true;
            }
        }
    }

    private void part(String name, String fileName, String content) throws IOException {
        form.begin(new PartHead(name, fileName));
        if (!content.isEmpty()) {
            form.data(ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)));
        }
        form.end();
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.list(spool)) {
            return all.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    private void refused(ErrorCode code, String told, String name, String fileName, String content) {
        assertThatThrownBy(() -> part(name, fileName, content)).hasMessageContaining(told)
                .isInstanceOfSatisfying(ForebayException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void filesGoIntoTheSpoolAndFieldsAreKept() throws IOException {
        part("collection_name", null, "docs");
        part("file", "vectors.npy", "123");
        part("records", "../x/side.jsonl", "{}");
        part("message", null, "za\u017c\u00f3\u0142\u0107");
        assertThat(form.fields()).containsExactly(java.util.Map.entry("collection_name", "docs"),
                java.util.Map.entry("message", "za\u017c\u00f3\u0142\u0107"));
        assertThat(form.finish(UploadForm.RECORDS))
                .isEqualTo(new UploadForm.Spooled("../x/side.jsonl", "s1"));
        assertThat(form.finish(UploadForm.FILE)).isEqualTo(new UploadForm.Spooled("vectors.npy", "s0"));
        form.close();
        assertThat(files()).containsExactly("s0", "s1");
        assertThat(spool.resolve("s0")).hasContent("123");
    }

    @Test
    void whatIsClosedBeforeItIsFinishedLeavesNothing() throws IOException {
        part("file", "a.csv", "1,2");
        form.begin(new PartHead("records", "b.jsonl"));
        form.data(ByteBuffer.wrap(new byte[]{1}));
        assertThat(files()).hasSize(2);
        form.close();
        form.close();
        assertThat(files()).isEmpty();
    }

    @Test
    void aFormIsRefusedForWhatIsWrongWithIt() throws IOException {
        refused(ErrorCode.UNPROCESSABLE, "must be a file", "file", null, "x");
        part("file", "", "");
        assertThat(form.fileName(UploadForm.FILE)).as("none was chosen").isNull();
        refused(ErrorCode.UNPROCESSABLE, "no filename", "file", "", "x");
        part("file", "a.csv", "x");
        refused(ErrorCode.UNPROCESSABLE, "comes twice", "file", "b.csv", "x");
        part("message", null, "one");
        refused(ErrorCode.UNPROCESSABLE, "comes twice", "message", null, "two");
        refused(ErrorCode.INVALID_ARGUMENT, "unknown", "unknown", null, "");
        form.begin(new PartHead("author", null));
        form.data(ByteBuffer.wrap(new byte[]{(byte) 0xff}));
        assertThatThrownBy(form::end).hasMessageContaining("not UTF-8");
        form.close();
    }

    @Test
    void fieldsAreBoundedInLengthAndNumber() throws IOException {
        part("long", null, "x".repeat(UploadForm.FIELD_BYTES_MAX));
        refused(ErrorCode.PAYLOAD_TOO_LARGE, "has more than", "longer", null,
                "x".repeat(UploadForm.FIELD_BYTES_MAX + 1));
        for (int i = 2; i < UploadForm.PARTS_MAX; i++) {
            part("field-" + i, null, "");
        }
        refused(ErrorCode.UNPROCESSABLE, "64 parts", "one-more", null, "");
    }

    @Test
    void partsThatHaveNothingInThemCountToo() throws IOException {
        for (int i = 0; i < UploadForm.PARTS_MAX; i++) {
            part("file", "", "");
        }
        refused(ErrorCode.UNPROCESSABLE, "64 parts", "file", "", "");
    }

    @Test
    void aNameThatCannotBeReadIsRefusedBeforeThereIsAFile() throws IOException {
        refused(ErrorCode.UNSUPPORTED_MEDIA_TYPE, "'a.exe'", "file", "a.exe", "x");
        refused(ErrorCode.UNSUPPORTED_MEDIA_TYPE, "'a.tab'", "records", "a.tab", "x");
        refused(ErrorCode.UNPROCESSABLE, "255 characters", "file", "x".repeat(254) + ".csv", "x");
        assertThat(files()).isEmpty();
        assertThat(made).isZero();
    }

    @Test
    void allFieldsTogetherAreBounded() throws IOException {
        int full = UploadForm.FIELDS_BYTES_MAX / UploadForm.FIELD_BYTES_MAX;
        for (int i = 0; i < full; i++) {
            part("field-" + i, null, "x".repeat(UploadForm.FIELD_BYTES_MAX));
        }
        refused(ErrorCode.PAYLOAD_TOO_LARGE, "all fields", "last", null, "x");
    }
}
