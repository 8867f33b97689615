package io.forebay.model;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {

    @ParameterizedTest
    @ValueSource(strings = {"abc", "a-b_c.d", "abc+def", "1.2.3.4.5", "A1z", "256.1.1.1"})
    void goodNamesPass(String name) {
        assertThatCode(() -> Names.check(name, "")).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ab", "-abc", "abc.", "a b c", "ä-name", "a+b", "abc+def+ghi", "abc+"})
    void badNamesAreRefusedWithTheRule(String name) {
        assertThatThrownBy(() -> Names.check(name, "Validation error: name: ")).hasMessage(
                "Validation error: name: Expected a name containing 3-512 characters from [a-zA-Z0-9._-], starting and"
                        + " ending with a character in [a-zA-Z0-9]. Got: " + name);
    }

    @Test
    void theLongestNameHas512Characters() {
        assertThatCode(() -> Names.check("x".repeat(512), "")).doesNotThrowAnyException();
        assertThatThrownBy(() -> Names.check("x".repeat(513), "")).hasMessageContaining("3-512");
    }

    @Test
    void twoPeriodsAndAddressesAreRefused() {
        assertThatThrownBy(() -> Names.check("a..b", ""))
                .hasMessage("Expected a name that does not contains two consecutive periods (..). Got a..b");
        assertThatThrownBy(() -> Names.check("192.168.1.1", ""))
                .hasMessage("Expected a name that is not a valid ip address. Got 192.168.1.1");
    }
}
