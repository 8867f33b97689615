package io.forebay.etl.format;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Whether a file is what its name says: a look at its first bytes, under their compression. */
final class Detection {
    private static final int LOOK_BYTES = 1 << 13;
    private static final byte[] NUMPY = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final byte[] PARQUET = {'P', 'A', 'R', '1'};
    private static final byte[] ZIP = {'P', 'K', 3, 4};
    private static final byte[] GZIP = {0x1f, (byte) 0x8b};
    private static final byte[] ZSTD = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};
    /** A frame of zstd that has no content: these too may come first. */
    private static final byte[] ZSTD_SKIPPED = {0x2a, 0x4d, 0x18};

    private final String name;

    private Detection(String fileName) {
        name = "'" + FileNames.shortened(fileName) + "'";
    }

    static DetectedFormat of(String fileName, Path file) {
        DetectedFormat detected = FileNames.format(fileName);
        new Detection(fileName).check(detected, file);
        return detected;
    }

    private void check(DetectedFormat detected, Path file) {
        try {
            require(Files.size(file) > 0, "is empty");
            checkCompression(detected.compression(), file);
            byte[] first;
            try (ExpandedInput in = ExpandedInput.open(file, detected.compression(), Integer.MAX_VALUE)) {
                first = in.readNBytes(LOOK_BYTES);
            }
            require(first.length > 0, "is empty");
            checkContent(detected.format(), first);
        } catch (UnreadableFileException e) {
            throw refused(": " + e.getMessage());
        } catch (IOException e) {
            throw new ForebayException(ErrorCode.UNAVAILABLE, "The file " + name + " cannot be read: "
                    + e.getMessage(), e);
        }
    }

    private void checkCompression(Compression compression, Path file) throws IOException {
        byte[] first;
        try (FileInput in = new FileInput(file)) {
            first = in.readNBytes(8);
        }
        switch (compression) {
            case GZIP -> require(begins(first, 0, GZIP), "is not gzip, although its name says so");
            case ZSTD -> require(begins(first, 0, ZSTD) || begins(first, 1, ZSTD_SKIPPED),
                    "is not zstd, although its name says so");
            case NONE -> {
            }
        }
    }

    private void checkContent(FileFormat format, byte[] first) {
        switch (format) {
            case JSONL, JSON -> checkJson(format, text(first));
            case CSV, TSV -> require(!text(first).isBlank() || first.length == LOOK_BYTES, "is blank");
            case XLSX ->
                require(begins(first, 0, ZIP), "is not an XLSX workbook (it does not begin as a zip file)");
            case PARQUET ->
                require(begins(first, 0, PARQUET), "is not Parquet (it does not begin with PAR1)");
            case NPY ->
                require(begins(first, 0, NUMPY), "is not a NumPy array (it does not begin with \\x93NUMPY)");
            case FVECS -> checkFvecs(first);
        }
    }

    private void checkJson(FileFormat format, String text) {
        String ink = text.stripLeading();
        require(!ink.isEmpty() || text.length() >= LOOK_BYTES / 4, "is blank");
        if (ink.isEmpty()) {
            return;
        }
        char c = ink.charAt(0);
        String is = c > ' ' && c < 0x7f ? "'" + c + "'" : "something else";
        if (format == FileFormat.JSON) {
            require(c == '[' || c == '{', "is not JSON: it should begin with [ or {, and begins with " + is);
        } else {
            require(c != '[',
                    "is not JSON Lines: it begins with [; an array of objects has the extension .json");
            require(c == '{',
                    "is not JSON Lines: each line should be an object in {}, and the first begins with "
                            + is);
        }
    }

    /** Decoded leniently: only the first characters and blanks matter. */
    private String text(byte[] first) {
        TextStart start = TextStart.marked(first);
        if (start == null && isWide(first)) {
            boolean bigEndian = first[0] == 0;
            return new String(first, bigEndian ? StandardCharsets.UTF_16BE : StandardCharsets.UTF_16LE);
        }
        if (start == null || start.charset().equals(StandardCharsets.UTF_8)) {
            for (byte b : first) {
                require(b != 0, "is not text: it has NUL bytes");
            }
        }
        return start == null
                ? new String(first, StandardCharsets.UTF_8)
                : new String(first, start.markBytes(), first.length - start.markBytes(), start.charset());
    }

    /** Whether it may be UTF-16 without a mark: the reader, who knows the charset that was given, finds out. */
    private static boolean isWide(byte[] first) {
        int[] zeros = new int[2];
        for (int i = 0; i < first.length; i++) {
            zeros[i & 1] += first[i] == 0 ? 1 : 0;
        }
        int more = Math.max(zeros[0], zeros[1]);
        return more > first.length / 8 && Math.min(zeros[0], zeros[1]) < more / 8;
    }

    private void checkFvecs(byte[] first) {
        require(first.length >= 8, "is not fvecs: it is shorter than one row");
        int dimension = first[0] & 0xff | (first[1] & 0xff) << 8 | (first[2] & 0xff) << 16 | first[3] << 24;
        require(dimension > 0 && dimension <= Vectors.DIMENSION_MAX,
                "is not fvecs: its first row would have " + dimension + " components");
    }

    private static boolean begins(byte[] bytes, int from, byte[] expected) {
        return bytes.length >= from + expected.length
                && Arrays.equals(bytes, from, from + expected.length, expected, 0, expected.length);
    }

    private void require(boolean well, String what) {
        if (!well) {
            throw refused(" " + what);
        }
    }

    private ForebayException refused(String what) {
        return new ForebayException(ErrorCode.UNPROCESSABLE, "The file " + name + what);
    }

    /** Files of vectors want a side file of documents, the others none. */
    static void checkSide(DetectedFormat detected, @Nullable String sideName, @Nullable Path sideFile) {
        String format = detected.format().name().toLowerCase(Locale.ROOT);
        boolean vectors = detected.format() == FileFormat.NPY || detected.format() == FileFormat.FVECS;
        if (!vectors) {
            if (sideFile != null) {
                throw new ForebayException(ErrorCode.UNPROCESSABLE,
                        "A ." + format
                                + " file holds its documents itself: a side file is only for .npy and .fvecs");
            }
            return;
        }
        if (sideFile == null || sideName == null) {
            throw new ForebayException(ErrorCode.UNPROCESSABLE, "A ." + format
                    + " file holds vectors only: a side file (.jsonl, one document for each vector) is missing");
        }
        if (of(sideName, sideFile).format() != FileFormat.JSONL) {
            throw new ForebayException(ErrorCode.UNPROCESSABLE,
                    "The side file '" + FileNames.shortened(sideName)
                            + "' must be .jsonl or .ndjson, one document for each vector");
        }
    }
}
