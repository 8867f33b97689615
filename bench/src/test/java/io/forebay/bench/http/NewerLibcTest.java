package io.forebay.bench.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class NewerLibcTest {
    private static final String NAMES = "\0GLIBC_2.34\0GLIBC_2.38\0GCC_3.0\0GLIBC_2.39\0";
    private static final int STRINGS = 0x40;
    private static final int NEEDS = 0x80;
    private static final int SECTIONS = 0x100;
    private static final int SECTION = 0x40;

    private final ByteBuffer file = ByteBuffer.allocate(SECTIONS + 3 * SECTION)
            .order(ByteOrder.LITTLE_ENDIAN);

    /** The versions that are needed of one library, each 16 bytes, behind its own 16. */
    private int library(int at, int step, String... versions) {
        file.putShort(at + 2, (short) versions.length).putInt(at + 8, 16).putInt(at + 12, step);
        for (int i = 0; i < versions.length; i++) {
            int version = at + 16 * (i + 1);
            file.putInt(version + 8, NAMES.indexOf(versions[i]))
                    .putInt(version + 12, i + 1 < versions.length ? 16 : 0);
        }
        return at + step;
    }

    private int flags(int library, int version) {
        return file.getShort(library + 16 * (version + 1) + 4);
    }

    @Test
    void onlyTheNewerVersionsAreMarkedAsWeakInEveryLibrary() {
        file.putLong(0x28, SECTIONS).putShort(0x3a, (short) SECTION).putShort(0x3c, (short) 3);
        file.position(STRINGS).put(NAMES.getBytes(StandardCharsets.US_ASCII));
        int strings = SECTIONS + SECTION;
        file.putInt(strings + 4, 3).putLong(strings + 0x18, STRINGS);
        int needs = SECTIONS + 2 * SECTION;
        file.putInt(needs + 4, 0x6ffffffe).putLong(needs + 0x18, NEEDS).putInt(needs + 0x28, 1);
        int second = library(NEEDS, 48, "GLIBC_2.34", "GLIBC_2.38");
        library(second, 0, "GCC_3.0", "GLIBC_2.39");

        NewerLibc.weakened(file.array());

        assertThat(flags(NEEDS, 0)).isZero();
        assertThat(flags(NEEDS, 1)).isEqualTo(2);
        assertThat(flags(second, 0)).isZero();
        assertThat(flags(second, 1)).isEqualTo(2);
    }

    @Test
    void theLoadersComplaintIsKnown() {
        assertThat(
                NewerLibc.isMissed("Error: /lib/libc.so.6: version `GLIBC_2.38' not found (required by x)"))
                .isTrue();
        assertThat(NewerLibc.isMissed("Error: Cannot find module 'semver'")).isFalse();
    }
}
