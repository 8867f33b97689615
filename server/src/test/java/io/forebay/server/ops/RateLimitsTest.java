package io.forebay.server.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.server.auth.Limits;
import io.forebay.server.auth.Principal;
import io.forebay.server.auth.Rates;
import io.forebay.server.auth.Role;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RateLimitsTest {
    private long now = 1_000_000_000_000L;

    private void pass(long millis) {
        now += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private RateLimits limits(long requests, long bytes) {
        return new RateLimits(new Rates(requests, bytes), () -> now);
    }

    private static int admitted(RateLimits limits, Principal who, String address, int tries) {
        int count = 0;
        for (int i = 0; i < tries; i++) {
            try {
                limits.admit(who, address);
                count++;
            } catch (ForebayException refused) {
                assertThat(refused.code()).isEqualTo(ErrorCode.BACKOFF);
                assertThat(refused.retryAfterSeconds()).isBetween(1, 60);
            }
        }
        return count;
    }

    private static Principal token(String id, Rates rates) {
        return new Principal(id, Role.READ, Limits.NONE, Instant.EPOCH, rates);
    }

    @Test
    void aSecondsWorthMayComeAtOnceAndThenTheRate() {
        RateLimits limits = limits(10, 0);
        assertThat(admitted(limits, Principal.ANYBODY, "a", 50)).isEqualTo(10);
        pass(500);
        assertThat(admitted(limits, Principal.ANYBODY, "a", 50)).isEqualTo(5);
        pass(60_000);
        assertThat(admitted(limits, Principal.ANYBODY, "a", 50)).isEqualTo(10);
        assertThat(limits.refused("requests_per_second")).isEqualTo(125);
        assertThat(limits.refused("bytes_per_second")).isZero();
    }

    @Test
    void oneASecondIsOneASecond() {
        RateLimits limits = limits(1, 0);
        for (int i = 0; i < 5; i++) {
            assertThat(admitted(limits, Principal.ANYBODY, "a", 3)).isEqualTo(1);
            pass(1000);
        }
    }

    @Test
    void addressesAndTokensHaveEachTheirOwn() {
        RateLimits limits = limits(10, 0);
        assertThat(admitted(limits, Principal.ANYBODY, "a", 50)).isEqualTo(10);
        assertThat(admitted(limits, Principal.ANYBODY, "b", 50)).isEqualTo(10);
        assertThat(admitted(limits, token("a", Rates.NONE), "a", 50)).isEqualTo(10);
        assertThat(admitted(limits, token("a", Rates.NONE), "elsewhere", 50)).isZero();
    }

    @Test
    void aTokensOwnRateGoesBeforeTheServers() {
        RateLimits limits = limits(10, 0);
        assertThat(admitted(limits, token("fast", new Rates(40, 0)), "a", 50)).isEqualTo(40);
        RateLimits none = limits(0, 0);
        assertThat(admitted(none, token("slow", new Rates(2, 0)), "a", 50)).isEqualTo(2);
        assertThat(admitted(none, Principal.ANYBODY, "a", 50)).isEqualTo(50);
    }

    @Test
    void aBodyThatIsTooLargeForItsSecondPassesAndIsMadeUpFor() {
        RateLimits limits = limits(0, 1000);
        limits.admit(Principal.ANYBODY, "a");
        limits.received(Principal.ANYBODY, "a", 11_000);
        assertThatThrownBy(() -> limits.admit(Principal.ANYBODY, "a"))
                .hasMessageContaining("bytes_per_second (1000)").isInstanceOfSatisfying(
                        ForebayException.class, e -> assertThat(e.retryAfterSeconds()).isEqualTo(10));
        pass(9_900);
        assertThat(admitted(limits, Principal.ANYBODY, "a", 1)).isZero();
        pass(200);
        assertThat(admitted(limits, Principal.ANYBODY, "a", 1)).isEqualTo(1);
    }

    @Test
    void anAbsurdNumberOfBytesDoesNotOverflow() {
        RateLimits limits = limits(0, 1);
        for (int i = 0; i < 5; i++) {
            limits.received(Principal.ANYBODY, "a", Long.MAX_VALUE);
        }
        assertThat(admitted(limits, Principal.ANYBODY, "a", 1)).isZero();
    }

    @Test
    void manyAddressesTakeNoMoreMemoryThanTheBound() {
        RateLimits limits = limits(1, 0);
        for (int i = 0; i < 3 * RateLimits.ADDRESSES_MAX; i++) {
            admitted(limits, Principal.ANYBODY, "10.0." + i, 1);
        }
        assertThat(limits.addresses()).isLessThanOrEqualTo(RateLimits.ADDRESSES_MAX + 1);
        pass(2_000);
        assertThat(admitted(limits, Principal.ANYBODY, "new", 2)).isEqualTo(1);
        assertThat(limits.addresses()).as("those who owe nothing are forgotten").isLessThan(10);
    }

    @Test
    void aFloodFromManyAddressesCostsNoTokenAnything() {
        RateLimits limits = limits(10, 0);
        for (int i = 0; i < 2 * RateLimits.ADDRESSES_MAX; i++) {
            admitted(limits, Principal.ANYBODY, "10.0." + i, 10);
        }
        for (String id : new String[]{"others", "#others", "new"}) {
            assertThat(admitted(limits, token(id, Rates.NONE), "a", 50)).as(id).isEqualTo(10);
        }
    }

    @Test
    void oneClientHasTheFirstHalfOfAnAddressOfIpv6() {
        RateLimits limits = limits(10, 0);
        assertThat(admitted(limits, Principal.ANYBODY, "2001:db8:0:1:0:0:0:1", 50)).isEqualTo(10);
        assertThat(admitted(limits, Principal.ANYBODY, "2001:db8:0:1:ffff:1:2:3", 50)).isZero();
        assertThat(admitted(limits, Principal.ANYBODY, "2001:db8:0:2:0:0:0:1", 50)).isEqualTo(10);
        assertThat(admitted(limits, Principal.ANYBODY, "fe80:0:0:0:0:0:0:1%eth0", 50)).isEqualTo(10);
        assertThat(limits.addresses()).isEqualTo(3);
    }
}
