package io.forebay.index.record;

import static io.forebay.index.record.Stores.C;
import static io.forebay.index.record.Stores.addOne;
import static io.forebay.index.record.Stores.apply;
import static io.forebay.index.record.Stores.metadata;
import static io.forebay.index.record.Stores.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.MetadataValue;
import io.forebay.model.Where;
import io.forebay.model.Where.Comparison;
import io.forebay.model.Where.TextMatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What filters mean, one sentence each, over one small collection. */
class WhereTest {
    private static final long BIG = (1L << 53) + 1;

    @TempDir
    static Path directory;
    private static RecordStore store;

    @BeforeAll
    static void fill() {
        store = Stores.open(directory);
        apply(store, C, addOne("int2", "Hello World", metadata("n", 2, "s", "x")));
        apply(store, C, addOne("float2", "hello world", metadata("n", 2.0, "s", "y")));
        apply(store, C, addOne("float2.5", "50% of_it \\ all", metadata("n", 2.5, "b", true)));
        apply(store, C, addOne("int3", "Grüße, 世界", metadata("n", 3, "b", false)));
        apply(store, C, addOne("big", "", metadata("n", BIG, "s", "")));
        apply(store, C, addOne("string2", null, metadata("n", "2", "s", "X")));
        apply(store, C, addOne("true", null, metadata("n", true)));
        apply(store, C,
                addOne("strings", null, metadata("tags", new MetadataValue.StrArray(List.of("x", "y")))));
        apply(store, C, addOne("ints", null, metadata("tags", new MetadataValue.IntArray(List.of(1L, 2L)))));
        apply(store, C,
                addOne("floats", null, metadata("tags", new MetadataValue.FloatArray(List.of(1.0, 2.5)))));
        apply(store, C,
                addOne("bools", null, metadata("tags", new MetadataValue.BoolArray(List.of(true, true)))));
        apply(store, C, addOne("nothing", null, null));
    }

    @AfterAll
    static void close() {
        store.close();
    }

    @Test
    void equalityComparesIntsAndFloatsByTheirExactValues() {
        assertThat(matching(compare("n", Comparison.EQ, 2))).containsExactly("int2", "float2");
        assertThat(matching(compare("n", Comparison.EQ, 2.0))).containsExactly("int2", "float2");
        assertThat(matching(compare("n", Comparison.EQ, 2.5))).containsExactly("float2.5");
        assertThat(matching(compare("n", Comparison.EQ, (double) BIG))).isEmpty();
        assertThat(matching(compare("n", Comparison.EQ, BIG))).containsExactly("big");
    }

    @Test
    void orderingsCompareNumbersExactlyAndOnlyNumbers() {
        assertThat(matching(compare("n", Comparison.GTE, 2.5))).containsExactly("float2.5", "int3", "big");
        assertThat(matching(compare("n", Comparison.LT, 2.5))).containsExactly("int2", "float2");
        assertThat(matching(compare("n", Comparison.LTE, 2))).containsExactly("int2", "float2");
        assertThat(matching(compare("n", Comparison.GT, 2))).containsExactly("float2.5", "int3", "big");
        assertThat(matching(compare("n", Comparison.GT, (double) (BIG - 1)))).containsExactly("big");
        assertThat(matching(compare("n", Comparison.GT, 9.3e18))).isEmpty();
        assertThat(matching(compare("n", Comparison.GT, -9.3e18)))
                .containsExactly("int2", "float2", "float2.5", "int3", "big");
        assertThat(matching(compare("n", Comparison.LT, Double.POSITIVE_INFINITY))).hasSize(5);
    }

    @Test
    void nothingIsInOrderWithNaN() {
        for (Comparison comparison : Comparison.values()) {
            assertThat(matching(compare("n", comparison, Double.NaN))).as("%s", comparison)
                    .hasSize(comparison == Comparison.NE ? 12 : 0);
        }
    }

    @Test
    void aBoolEqualsNoNumberAndAStringNoNumber() {
        assertThat(matching(compare("n", Comparison.EQ, true))).containsExactly("true");
        assertThat(matching(compare("n", Comparison.EQ, 1))).isEmpty();
        assertThat(matching(compare("n", Comparison.EQ, "2"))).containsExactly("string2");
        assertThat(matching(compare("b", Comparison.EQ, false))).containsExactly("int3");
    }

    @Test
    void stringsCompareByCase() {
        assertThat(matching(compare("s", Comparison.EQ, "x"))).containsExactly("int2");
        assertThat(matching(compare("s", Comparison.EQ, ""))).containsExactly("big");
    }

    @Test
    void notEqualAlsoMatchesRecordsWithoutTheKey() {
        assertThat(matching(compare("s", Comparison.NE, "x"))).hasSize(11).doesNotContain("int2");
        assertThat(matching(compare("n", Comparison.NE, 2.5))).hasSize(11).doesNotContain("float2.5");
        assertThat(matching(compare("unknown", Comparison.NE, 1))).hasSize(12);
    }

    @Test
    void anArrayEqualsNothing() {
        assertThat(matching(compare("tags", Comparison.EQ, "x"))).isEmpty();
        assertThat(matching(compare("tags", Comparison.NE, "x"))).hasSize(12);
        assertThat(matching(compare("tags", Comparison.GT, 0))).isEmpty();
        assertThat(matching(in("tags", false, 1, 2))).isEmpty();
    }

    @Test
    void inMatchesAnyOfTheListAndNotInTheRestAndThoseWithoutTheKey() {
        assertThat(matching(in("s", false, "y", "X", "none"))).containsExactly("float2", "string2");
        assertThat(matching(in("n", false, 3.5, 3.0))).containsExactly("int3");
        assertThat(matching(in("n", false, 2.5, 2))).containsExactly("int2", "float2", "float2.5");
        assertThat(matching(in("n", false, true, false))).containsExactly("true");
        assertThat(matching(in("n", true, 2.5, 2, 3))).hasSize(8).contains("nothing", "big", "true",
                "string2");
        assertThat(matching(in("n", false, 2.0))).containsExactly("int2", "float2");
    }

    @Test
    void containsLooksIntoArraysOnly() {
        assertThat(matching(contains("tags", false, "x"))).containsExactly("strings");
        assertThat(matching(contains("tags", false, 1))).containsExactly("ints", "floats");
        assertThat(matching(contains("tags", false, 2.5))).containsExactly("floats");
        assertThat(matching(contains("tags", false, true))).containsExactly("bools");
        assertThat(matching(contains("tags", false, false))).isEmpty();
        assertThat(matching(contains("s", false, "x"))).isEmpty();
        assertThat(matching(contains("tags", true, "x"))).hasSize(11).contains("nothing", "ints", "int2");
    }

    @Test
    void andOfNothingIsAllAndOrOfNothingIsNone() {
        assertThat(matching(new Where.And(List.of()))).hasSize(12);
        assertThat(matching(new Where.Or(List.of()))).isEmpty();
        assertThat(matching(new Where.And(List.of(new Where.Or(List.of()))))).isEmpty();
    }

    @Test
    void andAndOrNest() {
        Where numbers = new Where.And(
                List.of(compare("n", Comparison.GT, 2), compare("n", Comparison.LT, 100)));
        assertThat(matching(numbers)).containsExactly("float2.5", "int3");
        assertThat(matching(new Where.Or(List.of(numbers, compare("s", Comparison.EQ, "X")))))
                .containsExactly("float2.5", "int3", "string2");
        assertThat(matching(new Where.And(List.of(text(TextMatch.CONTAINS, "o"), numbers))))
                .containsExactly("float2.5");
    }

    @Test
    void documentsAreSearchedByCaseAndLiterally() {
        assertThat(matching(text(TextMatch.CONTAINS, "Hello"))).containsExactly("int2");
        assertThat(matching(text(TextMatch.CONTAINS, "ello"))).containsExactly("int2", "float2");
        assertThat(matching(text(TextMatch.CONTAINS, "%"))).containsExactly("float2.5");
        assertThat(matching(text(TextMatch.CONTAINS, "of_it \\"))).containsExactly("float2.5");
        assertThat(matching(text(TextMatch.CONTAINS, "世"))).containsExactly("int3");
        assertThat(matching(text(TextMatch.CONTAINS, "Hello World "))).isEmpty();
    }

    @Test
    void theEmptyTextIsInEveryRecordThatHasADocument() {
        assertThat(matching(text(TextMatch.CONTAINS, "")))
                .containsExactly("int2", "float2", "float2.5", "int3", "big");
    }

    @Test
    void theNotFormsAlsoMatchRecordsWithoutADocument() {
        assertThat(matching(text(TextMatch.NOT_CONTAINS, "ello"))).hasSize(10).contains("nothing", "big");
        assertThat(matching(text(TextMatch.NOT_REGEX, "."))).hasSize(8).contains("nothing", "big")
                .doesNotContain("int2");
    }

    @Test
    void aRegexIsUnanchoredAndMayIgnoreCase() {
        assertThat(matching(text(TextMatch.REGEX, "w.r"))).containsExactly("float2");
        assertThat(matching(text(TextMatch.REGEX, "(?i)w.r"))).containsExactly("int2", "float2");
        assertThat(matching(text(TextMatch.REGEX, "^Gr..e, ..$"))).containsExactly("int3");
        assertThat(matching(text(TextMatch.REGEX, "\\d+%"))).containsExactly("float2.5");
        assertThat(matching(text(TextMatch.REGEX, "^$"))).containsExactly("big");
    }

    @Test
    void behindACharacterBeyondAsciiATextDoesNotBeginAgain() {
        assertThat(matching(text(TextMatch.REGEX, "(^|r)ü"))).containsExactly("int3");
        assertThat(matching(text(TextMatch.REGEX, "ü(^|x)"))).isEmpty();
        assertThat(matching(text(TextMatch.REGEX, "ü\\A"))).isEmpty();
    }

    @Test
    void aRegexWithoutMeaningIsTheCallersFault() {
        for (String regex : List.of("(", "a(?=b)", "[z-a]")) {
            assertThatThrownBy(() -> matching(text(TextMatch.REGEX, regex)))
                    .isInstanceOfSatisfying(ForebayException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                    .hasMessageStartingWith("Regex syntax errror: regex parse error:");
        }
        // Deep enough to end the parser's stack: refused before it is parsed.
        assertThatThrownBy(() -> matching(text(TextMatch.REGEX, "(".repeat(2000) + ")".repeat(2000) + "(")))
                .isInstanceOf(ForebayException.class).hasMessageContaining("limit filter.regex_size");
    }

    @Test
    void anOrderingOfAnythingButANumberIsTheCallersFault() {
        assertThatThrownBy(() -> matching(compare("n", Comparison.GT, "2")))
                .isInstanceOf(ForebayException.class);
        assertThatThrownBy(() -> matching(compare("n", Comparison.LTE, true)))
                .isInstanceOf(ForebayException.class);
    }

    @Test
    void idsFilterOffsetAndLimitAllApply() {
        Where numbers = compare("n", Comparison.GT, 0);
        assertThat(Stores.ids(store, C, List.of("int3", "big", "nothing", "int3", "missing", "int2"), numbers,
                0, -1))
                .containsExactly("int2", "int3", "big");
        assertThat(Stores.ids(store, C, List.of("int3", "big", "int2"), numbers, 1, 1))
                .containsExactly("int3");
        assertThat(Stores.ids(store, C, List.of("int3", "big", "int2"), null, 1, -1))
                .containsExactly("int3", "big");
        assertThat(Stores.ids(store, C, List.of(), null, 0, -1)).isEmpty();
        assertThat(Stores.ids(store, C, null, numbers, 3, 10)).containsExactly("int3", "big");
        assertThat(Stores.ids(store, C, null, null, 10, -1)).containsExactly("bools", "nothing");
        assertThat(Stores.ids(store, C, null, null, 5, 1)).containsExactly("string2");
        assertThat(Stores.ids(store, C, null, null, 50, 5)).isEmpty();
        assertThat(Stores.ids(store, C, null, null, 0, 0)).isEmpty();
    }

    private static List<String> matching(Where where) {
        try (RecordReader reader = store.read(C)) {
            int[] rows = reader.select(null, where, 0, -1);
            // Nothing was updated here, so a record's ordinal is its row: both questions have one answer.
            assertThat(reader.ordinals(null, where).toArray()).isEqualTo(rows);
            List<String> ids = new ArrayList<>();
            reader.fetch(rows, false, false, false).forEach(row -> ids.add(row.id()));
            return ids;
        }
    }

    private static Where compare(String key, Comparison comparison, Object operand) {
        return new Where.Compare(key, comparison, value(operand));
    }

    private static Where in(String key, boolean negated, Object... operands) {
        List<MetadataValue> values = new ArrayList<>();
        for (Object operand : operands) {
            values.add(value(operand));
        }
        return new Where.In(key, negated, values);
    }

    private static Where contains(String key, boolean negated, Object operand) {
        return new Where.ArrayContains(key, negated, value(operand));
    }

    private static Where text(TextMatch match, String operand) {
        return new Where.Document(match, operand);
    }
}
