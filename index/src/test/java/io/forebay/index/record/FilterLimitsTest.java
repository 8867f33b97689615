package io.forebay.index.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.forebay.model.ForebayException;
import io.forebay.model.MetadataValue;
import io.forebay.model.Where;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one filter may cost before anything is read. */
class FilterLimitsTest {
    private static Where regex(String regex) {
        return new Where.Document(Where.TextMatch.REGEX, regex);
    }

    @ParameterizedTest
    @ValueSource(strings = {"(a{1000}){1000}", "((a{1000}){1000}){1000}", "(((a{30}){30}){30}){30}",
            "((((((((((((x{2}){2}){2}){2}){2}){2}){2}){2}){2}){2}){2}){2}){2}", "(\\Qabc\\E{1000}){1000}",
            "([[:alpha:]]{1000}){999}", "(\\p{Lu}{500}){500}", "(?:[]a]{1000}){1000}"})
    void aSmallRegexThatBecomesALargeProgramIsRefusedAtOnce(String regex) {
        assertThatThrownBy(() -> WhereCompiler.compile(regex(regex))).isInstanceOf(ForebayException.class)
                .hasMessageContaining("limit filter.regex_size");
    }

    @Test
    void whatPeopleWriteIsTaken() {
        for (String regex : List.of("\\d{3}-\\d{4}", "^(foo|bar)+baz$", "(?i)error.{0,200}timeout",
                "[^]]+\\]{2}",
                "a{,3}", "a{", "{", "\\x{10FFFF}", "(?P<year>\\d{4})-(?P<month>\\d{2})", "x{1000}",
                "\\Qa.b{3}\\E")) {
            assertThat(WhereCompiler.compile(regex(regex))).as(regex).isNotNull();
        }
    }

    @Test
    void nestingAndLengthAreBounded() {
        assertThatThrownBy(() -> WhereCompiler.compile(regex("(".repeat(5_000) + "a" + ")".repeat(4_999))))
                .hasMessageContaining("limit filter.regex_size");
        assertThatThrownBy(() -> WhereCompiler.compile(regex("a".repeat(10_001))))
                .hasMessageContaining("limit filter.regex_length");
        List<Where> many = Collections.nCopies(20, regex("a{400}"));
        assertThatThrownBy(() -> WhereCompiler.compile(new Where.Or(many)))
                .as("all of a filter together").hasMessageContaining("limit filter.regex_size");
    }

    @Test
    void clausesAndValuesAreBounded() {
        Where one = new Where.Compare("k", Where.Comparison.EQ, new MetadataValue.Int(1));
        assertThat(WhereCompiler.compile(new Where.And(Collections.nCopies(9_999, one)))).isNotNull();
        assertThatThrownBy(() -> WhereCompiler.compile(new Where.And(Collections.nCopies(10_000, one))))
                .hasMessageContaining("limit filter.clauses");
        List<MetadataValue> values = new ArrayList<>();
        for (int i = 0; i <= 100_000; i++) {
            values.add(new MetadataValue.Int(i));
        }
        assertThatThrownBy(() -> WhereCompiler.compile(new Where.In("k", false, values)))
                .hasMessageContaining("limit filter.values");
        assertThat(WhereCompiler.compile(new Where.In("k", false, values.subList(1, 100_001)))).isNotNull();
    }

    @Test
    void theCostOfARegexIsNeverFarBelowTheSizeOfItsProgram() {
        long seed = Long.getLong("forebay.seed", System.nanoTime());
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        String[] parts = {"a", "(", ")", "{7}", "{2,9}", "{3,}", "[", "]", "^", "\\d", "\\p{L}", "\\Q", "\\E",
                "|", "*",
                "+", "?", ".", "{", "}", "[:alpha:]", "\\", "(?:", "(?i)", "x", ","};
        int compiled = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder regex = new StringBuilder();
            for (int j = random.nextInt(14); j >= 0; j--) {
                regex.append(parts[random.nextInt(parts.length)]);
            }
            long cost = RegexCost.of(regex.toString());
            if (cost > RegexCost.COST_MAX) {
                continue;
            }
            try {
                int size = Pattern.compile(regex.toString()).programSize();
                compiled++;
                assertThat((long) size).as(regex.toString()).isLessThanOrEqualTo(4 * cost + 20);
            } catch (PatternSyntaxException malformed) {
                continue;
            }
        }
        assertThat(compiled).isGreaterThan(1_000);
    }
}
