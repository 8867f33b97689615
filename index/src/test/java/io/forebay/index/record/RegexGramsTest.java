package io.forebay.index.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What trigrams a regular expression demands; above all, that it never demands what a match may lack. */
class RegexGramsTest {
    private static final String[] ATOMS = {"a", "b", "k", "S", "é", "世", ".", "[ab]", "[^]a]", "[[:alpha:]x]",
            "\\d", "\\.",
            "\\b", "^", "$", "(?i)", "(?-i)", "abc", "Kelvin", "{", "x{0}", "\\x41", "\\QaB\\E", "\\pL"};
    private static final String[] REPEATS = {"", "", "", "*", "+", "?", "{2}", "{0,2}", "{1,}", "+?", "*?"};
    private static final String[] LATE = {"(?i)*", "abc(?s){0,1}", "(abc)(?i)?", "[+-[:x]|:]a]foo",
            "[[:x]abc"};

    @Test
    void literalStretchesAreDemanded() {
        assertThat(RegexGrams.of("abcd")).isEqualTo(GramQuery.ofLiteral(bytes("abcd")));
        assertThat(RegexGrams.of("abc.*def")).isEqualTo(GramQuery.all(List.of(gram("abc"), gram("def"))));
        assertThat(RegexGrams.of("abc|def")).isEqualTo(GramQuery.any(List.of(gram("abc"), gram("def"))));
        assertThat(RegexGrams.of("(?:abc)+")).isEqualTo(gram("abc"));
        assertThat(RegexGrams.of("a\\.b")).isEqualTo(gram("a.b"));
        assertThat(RegexGrams.of("ab{2}c")).isEqualTo(GramQuery.ANY);
    }

    @Test
    void whatMayBeAbsentIsNotDemanded() {
        for (String regex : new String[]{"", "abc?", "(abc)*", "abc|", "a|bcd", "[abc]", "(?i)sky", "a.c",
                "x{0,3}abc{0}"}) {
            assertThat(RegexGrams.of(regex)).as(regex).isEqualTo(GramQuery.ANY);
        }
    }

    @Test
    void whatRe2ReadsInItsOwnWayIsLeftAlone() {
        for (String regex : new String[]{"abc(?s){0,1}", "x(?i)*abc", "[+-[:x]|:]a]foo",
                "(".repeat(2000) + "abc" + ")".repeat(2000)}) {
            assertThat(RegexGrams.of(regex)).isEqualTo(GramQuery.ANY);
        }
    }

    @Test
    void caseFoldingDemandsEitherCase() {
        GramQuery query = RegexGrams.of("(?i)abc");
        for (String text : new String[]{"abc", "ABC", "aBc"}) {
            assertThat(isSatisfied(query, bytes(text))).isTrue();
        }
        assertThat(isSatisfied(query, bytes("abd"))).isFalse();
    }

    @Test
    void noMatchingTextIsEverExcluded() {
        long seed = Long.getLong("forebay.seed", System.nanoTime());
        System.out.println("RegexGramsTest seed=" + seed);
        Random random = new Random(seed);
        int matches = 0;
        int demands = 0;
        for (int i = 0; i < 20_000; i++) {
            String regex = regex(random, 3);
            Pattern pattern;
            try {
                pattern = Pattern.compile(regex);
            } catch (PatternSyntaxException e) {
                continue;
            }
            GramQuery query = RegexGrams.of(regex);
            demands += query == GramQuery.ANY ? 0 : 1;
            for (int t = 0; t < 10; t++) {
                String text = text(random);
                if (pattern.matcher(text).find()) {
                    matches++;
                    assertThat(isSatisfied(query, bytes(text))).as("%s in %s", regex, text).isTrue();
                }
            }
        }
        assertThat(matches).isGreaterThan(10_000);
        assertThat(demands).isGreaterThan(1_000);
    }

    private static String regex(Random random, int depth) {
        StringBuilder regex = new StringBuilder();
        for (int i = random.nextInt(5); i >= 0; i--) {
            int kind = random.nextInt(depth > 0 ? 8 : 6);
            String repeat = REPEATS[random.nextInt(REPEATS.length)];
            switch (kind) {
                case 5 ->
                    regex.append(random.nextInt(4) == 0 ? "x" + LATE[random.nextInt(LATE.length)] : "ab");
                case 6 -> regex.append(random.nextBoolean() ? "(" : "(?i:").append(regex(random, depth - 1))
                        .append(')').append(repeat);
                case 7 -> regex.append(regex(random, depth - 1)).append('|');
                default -> {
                    String atom = ATOMS[random.nextInt(ATOMS.length)];
                    boolean repeats = !atom.startsWith("(") && !atom.endsWith("}")
                            && !"{^$\\b".contains(atom);
                    regex.append(atom).append(repeats ? repeat : "");
                }
            }
        }
        return regex.toString();
    }

    private static String text(Random random) {
        String[] pieces = {"a", "b", "c", "abc", "ABC", "k", "K", "\u212A", "s", "S", "\u017F", "é", "É", "世",
                "1", ".", "{", " ",
                "kelvin", "Kelvin", "x", "aB", "A"};
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.append(pieces[random.nextInt(pieces.length)]);
        }
        return text.toString();
    }

    private static boolean isSatisfied(GramQuery query, byte[] text) {
        return switch (query) {
            case GramQuery.Any any -> true;
            case GramQuery.Gram gram -> {
                boolean found = false;
                for (int i = 0; i + 3 <= text.length; i++) {
                    found |= Grams.of(text, i) == gram.bytes();
                }
                yield found;
            }
            case GramQuery.AllOf all -> all.parts().stream().allMatch(part -> isSatisfied(part, text));
            case GramQuery.AnyOf any -> any.parts().stream().anyMatch(part -> isSatisfied(part, text));
        };
    }

    private static GramQuery gram(String text) {
        return new GramQuery.Gram(Grams.of(bytes(text), 0));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
