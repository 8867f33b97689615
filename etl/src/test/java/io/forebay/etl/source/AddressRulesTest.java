package io.forebay.etl.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRulesTest {
    private static final List<String> ALLOWED = List.of("data.example.org", "*.example.net", "127.0.0.1",
            "2130706433", "0x7f.1", "017700000001", "[::1]", "::ffff:10.0.0.1", "8.8.8.8", "s3://open");

    private static AddressRules rules(boolean privateAllowed) {
        return new AddressRules(ALLOWED, privateAllowed, InetAddress::getAllByName);
    }

    private static ErrorCode refusal(AddressRules rules, String url) {
        try {
            rules.web(AddressRules.parse(url));
        } catch (ForebayException e) {
            return e.code();
        }
        throw new AssertionError(url + " is allowed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://data.example.org/x", "https://DATA.example.org:8443/x#part",
            "https://data.example.org./x", "https://a.example.net/", "https://a.b.example.net/",
            "http://8.8.8.8/x"})
    void whatIsNamedIsAllowed(String url) {
        assertThat(rules(false).web(AddressRules.parse(url)).toString()).doesNotContain("#");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://example.org/x", "http://x.data.example.org/", "http://example.net/",
            "http://badexample.net/", "http://data.example.org.evil.test/", "http://9.9.9.9/",
            "http://10.0.0.1/", "http://169.254.169.254/latest/meta-data"})
    void whatIsNotNamedIsDeniedAndTheKeyIsSaid(String url) {
        assertThatThrownBy(() -> rules(true).web(AddressRules.parse(url)))
                .isInstanceOf(ForebayException.class)
                .hasMessageContaining("imports.allowed_hosts")
                .extracting(e -> ((ForebayException) e).code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://data.example.org/x", "file:///etc/passwd", "jar:http://data.example.org/x",
            "http://me@data.example.org/", "http://me:pw@data.example.org/", "http:///x", "http://a b/",
            "data.example.org/x", "", "http://data.example.org@evil.test/", "http://0x7f.1/"})
    void whatIsNoAddressIsInvalid(String url) {
        assertThat(refusal(rules(true), url)).isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1/", "http://2130706433/", "http://017700000001/",
            "http://[::1]/", "http://[::ffff:10.0.0.1]/"})
    void aNumberIsJudgedAsTheAddressThatItIs(String url) {
        assertThat(refusal(rules(false), url)).isEqualTo(ErrorCode.PERMISSION_DENIED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.8.9.1",
            "169.254.169.254",
            "172.16.0.1", "172.31.255.255", "192.168.1.1", "192.0.2.5", "198.19.0.1", "224.0.0.251",
            "255.255.255.255", "::", "::1", "::ffff:192.168.0.1", "::127.0.0.1", "fe80::1", "fec0::1",
            "fc00::1",
            "fd12:3456::1", "ff02::1", "64:ff9b::a00:1", "64:ff9b:1::1", "2002:a00:1::", "2001:db8::1",
            "2001:0:1::1"})
    void addressesOfNobodyAndOfInsideAreNotPublic(String address) {
        assertThat(PublicAddresses.isPublic(InetAddress.ofLiteral(address))).isFalse();
        AddressRules strict = new AddressRules(List.of("x.test"), false,
                host -> new InetAddress[]{InetAddress.ofLiteral("1.1.1.1"), InetAddress.ofLiteral(address)});
        assertThatThrownBy(() -> strict.resolve("x.test")).isInstanceOf(UnknownHostException.class)
                .hasMessageContaining("not a public address");
    }

    @Test
    void aMappedAddressIsJudgedByWhatItMapsTo() {
        byte[] mapped = new byte[16];
        mapped[10] = (byte) 0xff;
        mapped[11] = (byte) 0xff;
        mapped[12] = 10;
        assertThat(PublicAddresses.isPublic(mapped)).isFalse();
        mapped[12] = 8;
        assertThat(PublicAddresses.isPublic(mapped)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111",
            "64:ff9b::808:808",
            "2002:808:808::"})
    void othersArePublic(String address) {
        assertThat(PublicAddresses.isPublic(InetAddress.ofLiteral(address))).isTrue();
    }

    @Test
    void bucketsAreAllowedByTheirExactName() {
        rules(false).bucket("open");
        assertThatThrownBy(() -> rules(true).bucket("ope")).hasMessageContaining("imports.allowed_hosts");
        assertThatThrownBy(() -> rules(true).bucket("data.example.org"))
                .hasMessageContaining("s3://data.example.org");
    }
}
