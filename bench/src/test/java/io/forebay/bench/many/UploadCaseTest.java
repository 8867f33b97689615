package io.forebay.bench.many;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UploadCaseTest {

    @Test
    void isCollectionsTimesUploadsAtOnce() {
        assertThat(UploadCase.parse(" 5x4")).isEqualTo(new UploadCase(5, 4)).hasToString("5x4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "x", "5x", "0x0", "4x5", "5x0", "fivexfour"})
    void everythingElseIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> UploadCase.parse(text));
    }

    @Test
    void uploadsOfACaseAreEqualAndTogetherWhatWasAskedAsFarAsBatchesAllow() {
        UploadSettings settings = new UploadSettings(Set.of(UploadPart.values()), List.of(), 1, false, 20_000,
                1000, 2000, 3, 2);
        UploadCase three = new UploadCase(3, 2);
        UploadCase fifty = new UploadCase(50, 10);

        assertThat(settings.batchOf(UploadPart.LINKED, three)).isEqualTo(1000);
        assertThat(settings.batchesOf(UploadPart.LINKED, three)).isEqualTo(6);
        assertThat(settings.batchOf(UploadPart.LINKED, fifty)).isEqualTo(400);
        assertThat(settings.batchesOf(UploadPart.LINKED, fifty)).isEqualTo(1);
        assertThat(settings.batchOf(UploadPart.ACKS, fifty)).isEqualTo(3);
        assertThat(settings.batchesOf(UploadPart.SLOW_ACKS, fifty)).isEqualTo(40);
    }

    @Test
    void oneByOneIsNeverMoreThanOneAtOnceAndOneCollectionIsOne() {
        UploadCase five = new UploadCase(5, 4);

        assertThat(UploadSide.ONE_BY_ONE.parallel(five)).isEqualTo(1);
        assertThat(UploadSide.ONE_INDEXER.parallel(five)).isEqualTo(1);
        assertThat(UploadSide.AT_ONCE.parallel(five)).isEqualTo(4);
        assertThat(UploadSide.ONE_COLLECTION.parallel(five)).isEqualTo(4);
        assertThat(UploadSide.ONE_COLLECTION.collections(five)).isEqualTo(1);
        assertThat(UploadSide.AT_ONCE.collections(five)).isEqualTo(5);
    }
}
