package io.headgate.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.policy.net.Cidr;
import io.headgate.policy.net.IpAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;

class ClientAddressTest {

    private static final List<Cidr> PROXIES = Stream.of("10.0.0.0/8", "2001:db8:1::/48")
            .map(block -> Cidr.parse(block).orElseThrow())
            .toList();
    private static final String PEER = "10.0.0.1";

    @Test
    void anUntrustedPeerSpeaksForItselfOnly() {
        assertThat(client("192.0.2.7", "X-Forwarded-For", "198.51.100.1")).isEqualTo(ip("192.0.2.7"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "198.51.100.1                        | 198.51.100.1",
                "203.0.113.9, 198.51.100.1           | 198.51.100.1",
                "198.51.100.1, 10.2.3.4              | 198.51.100.1",
                "203.0.113.9, 198.51.100.1, 10.2.3.4 | 198.51.100.1",
                "198.51.100.1:4711                   | 198.51.100.1",
                "2001:db8:2::7                       | 2001:db8:2::7",
                "[2001:db8:2::7]                     | 2001:db8:2::7",
                "[2001:db8:2::7]:4711, 2001:db8:1::1 | 2001:db8:2::7",
                "::ffff:198.51.100.1                 | 198.51.100.1",
                "10.3.3.3, 10.2.2.2                  | 10.3.3.3",
            })
    void theRightMostUntrustedAddressIsTheClient(String forwardedFor, String client) {
        assertThat(client(PEER, "X-Forwarded-For", forwardedFor)).isEqualTo(ip(client));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "unknown",
                "client.example.com",
                "198.51.100.1, nonsense",
                "198.51.100.1,",
                "198.51.100.1:port",
                "198.51.100.1:123456",
                "198.51.100.256",
                "1.2.3",
                "0x7f.1",
                "[2001:db8:2::7",
                "[2001:db8:2::7]x",
                "fe80::1%eth0",
                "_hidden"
            })
    void whatCannotBeReadLeavesThePeer(String forwardedFor) {
        assertThat(client(PEER, "X-Forwarded-For", forwardedFor)).isEqualTo(ip(PEER));
    }

    @Test
    void severalHeaderLinesAreOneList() {
        HttpHeaders headers = new HttpHeaders();
        headers.add("X-Forwarded-For", "203.0.113.9");
        headers.add("X-Forwarded-For", "198.51.100.1, 10.2.3.4");
        assertThat(ClientAddress.of(peer(PEER), headers, PROXIES)).isEqualTo(ip("198.51.100.1"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "for=198.51.100.1                                      | 198.51.100.1",
                "For=\"[2001:db8:2::7]:4711\";proto=https              | 2001:db8:2::7",
                "for=203.0.113.9;by=x, proto=http;for=198.51.100.1     | 198.51.100.1",
                "for=198.51.100.1, for=10.2.3.4                        | 198.51.100.1",
                "for=unknown                                           | 10.0.0.1",
                "by=198.51.100.1                                       | 10.0.0.1",
            })
    void theStandardHeaderIsReadToo(String forwarded, String client) {
        assertThat(client(PEER, "Forwarded", forwarded)).isEqualTo(ip(client));
    }

    @Test
    void headersThatDisagreeAreBothDisbelieved() {
        HttpHeaders headers = new HttpHeaders();
        headers.add("X-Forwarded-For", "198.51.100.1");
        headers.add("Forwarded", "for=203.0.113.9");
        assertThat(ClientAddress.of(peer(PEER), headers, PROXIES)).isEqualTo(ip(PEER));
    }

    @Test
    void headersThatAgreeAreBelieved() {
        HttpHeaders headers = new HttpHeaders();
        headers.add("X-Forwarded-For", "198.51.100.1");
        headers.add("Forwarded", "for=\"198.51.100.1\"");
        assertThat(ClientAddress.of(peer(PEER), headers, PROXIES)).isEqualTo(ip("198.51.100.1"));
    }

    private static IpAddress client(String peer, String header, String value) {
        HttpHeaders headers = new HttpHeaders();
        headers.add(header, value);
        return ClientAddress.of(peer(peer), headers, PROXIES);
    }

    private static InetSocketAddress peer(String literal) {
        try {
            return new InetSocketAddress(InetAddress.getByName(literal), 4711);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static IpAddress ip(String literal) {
        return IpAddress.parse(literal).orElseThrow();
    }
}
