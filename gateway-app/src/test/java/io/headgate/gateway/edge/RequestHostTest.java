package io.headgate.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestHostTest {

    @ParameterizedTest
    @CsvSource({
        "http://api.example.com/a, api.example.com",
        "http://API.Example.com:8080/a, api.example.com",
        "http://api.example.com./a, api.example.com",
        "http://api.example.com.:80/a, api.example.com",
        "http://an_api.example.com/a, an_api.example.com",
        "http://An_Api.example.com.:8080/a, an_api.example.com",
        "/a, ''"
    })
    void everySpellingOfAHostIsTheSameHost(URI uri, String host) {
        assertThat(RequestHost.of(uri)).isEqualTo(host);
    }
}
