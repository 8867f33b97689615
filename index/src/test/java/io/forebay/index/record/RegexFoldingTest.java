package io.forebay.index.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RE2/J's compiler comes back from every pattern that is let through. */
class RegexFoldingTest {
    private static final Duration LONG = Duration.ofSeconds(90);

    @ParameterizedTest
    @ValueSource(strings = {"(?i)\u1c80", "(?i)[\\x{1c80}]", "(?i)[^\\x{0001C80}]", "(?i)[\u0400-\uffff]",
            "(?i)[\\x{100}-\\x{2000}]", "(?i)\\x{1c88}", "(?i)\\Qa\u1c84", "a(?s-i:\u1c85)",
            "(?im:[]a-\u2000])",
            "(?i)[[:alpha:]\\d\u1c80]", "(?i)[\\p{L}a-\\x{10ffff}]", "(?i)[\\x61-\\x{10ffff}]",
            "(?i)[\\141-\uffff]",
            "(?i)[\\[\\]^\\x{1c82}]"})
    void aPatternThatWouldNeverBeCompiledIsRefused(String regex) {
        assertTimeoutPreemptively(LONG, () -> assertThatThrownBy(() -> new TextTest.Regex(regex))
                .isInstanceOfSatisfying(ForebayException.class,
                        refused -> assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                .hasMessageStartingWith("Regex syntax errror: regex parse error: the letters U+1C80 to "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u1c80", "[\\x{100}-\\x{2000}]\\x{432}?|\u1c80", "\\(\\?i\u1c80|\u1c80",
            "(?P<id>\u1c80)",
            "(?i).|\\p{Cyrillic}|[^\\P{L}]", "(?i)[^a]", "(?i)[\\x00-\\x{10ffff}]",
            "(?i)(\\Qa-\\E\\x{1c79})?.",
            "(?i)z?-?\uffff?\\W"})
    void othersAreCompiledAndFindWhatTheyShould(String regex) {
        byte[] text = "\u1c80".getBytes(StandardCharsets.UTF_8);
        assertThat(assertTimeoutPreemptively(LONG, () -> new TextTest.Regex(regex).test(text, text.length)))
                .isTrue();
    }

    @Test
    void noOtherLettersAreWithoutAWayBack() throws Exception {
        Method fold = Class.forName("com.google.re2j.Unicode").getDeclaredMethod("simpleFold", int.class);
        fold.setAccessible(true);
        List<Integer> broken = new ArrayList<>();
        for (int letter = 0; letter <= Character.MAX_CODE_POINT; letter++) {
            int next = letter;
            int steps = 0;
            do {
                next = (int) fold.invoke(null, next);
                steps++;
            } while (next != letter && steps < 20);
            if (next != letter) {
                broken.add(letter);
            }
        }
        assertThat(broken).isEqualTo(
                IntStream.rangeClosed(RegexFolding.BROKEN_FIRST, RegexFolding.BROKEN_LAST).boxed().toList());
    }
}
