package io.forebay.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonTest {
    private record Inner(int whole, @Nullable Double absent) {}

    private record Outer(String text, Inner inner, boolean flag) {}

    private enum Colour {
        GREEN;

        @Override
        public String toString() {
            return "green";
        }
    }

    private static String dense(@Nullable Object value) {
        return Json.text(value).replaceAll("\\s+", "");
    }

    @Test
    void recordsKeepTheOrderOfTheirComponents() {
        assertThat(dense(new Outer("a", new Inner(1, null), true)))
                .isEqualTo("{\"text\":\"a\",\"inner\":{\"whole\":1,\"absent\":null},\"flag\":true}");
    }

    @Test
    void listsMapsAndConstantsNest() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("list", Arrays.asList(1, 2L, 0.5, null));
        map.put("constant", Colour.GREEN);
        assertThat(dense(map)).isEqualTo("{\"list\":[1,2,0.5,null],\"constant\":\"green\"}");
    }

    @Test
    void whatIsNoNumberIsNull() {
        assertThat(dense(List.of(Double.NaN, Double.POSITIVE_INFINITY))).isEqualTo("[null,null]");
    }

    @Test
    void textIsEscaped() {
        assertThat(dense("a\"b\\c\n\u0001")).isEqualTo("\"a\\\"b\\\\c\\n\\u0001\"");
    }

    @Test
    void anUnknownTypeIsRefusedByName() {
        assertThatThrownBy(() -> Json.text(new StringBuilder())).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("StringBuilder");
    }
}
