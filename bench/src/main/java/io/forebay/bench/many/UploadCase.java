package io.forebay.bench.many;

/**
 * How many collections are uploaded, and how many of them at once. Written {@code 5x4}.
 *
 * @param parallel at most as many as there are collections
 */
public record UploadCase(int collections, int parallel) {

    public UploadCase {
        if (collections < 1 || parallel < 1 || parallel > collections) {
            throw new IllegalArgumentException(
                    "must be COLLECTIONSxPARALLEL, such as 5x4, of which the second is the smaller");
        }
    }

    public static UploadCase parse(String text) {
        String[] numbers = text.strip().split("x", -1);
        try {
            return new UploadCase(Integer.parseInt(numbers[0]),
                    Integer.parseInt(numbers.length == 2 ? numbers[1] : ""));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("must be COLLECTIONSxPARALLEL, such as 5x4", e);
        }
    }

    @Override
    public String toString() {
        return collections + "x" + parallel;
    }
}
