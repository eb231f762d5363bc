package io.headgate.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;

class CredentialTest {

    @Test
    void nothingIsNoCredential() {
        assertThat(Credential.of(new HttpHeaders())).isEqualTo(new Credential.None());
    }

    @Test
    void theSchemeIsReadInAnyCase() {
        assertThat(authorization("Bearer abc")).isEqualTo(new Credential.Bearer("abc"));
        assertThat(authorization("bearer  abc ")).isEqualTo(new Credential.Bearer("abc"));
    }

    @Test
    void anEmptyKeyIsACredentialAndABadOne() {
        HttpHeaders headers = new HttpHeaders();
        headers.add("x-api-key", "");
        assertThat(Credential.of(headers)).isEqualTo(new Credential.ApiKey(""));
    }

    @Test
    void anotherSchemeIsNotAccepted() {
        assertThat(authorization("Basic YTpi"))
                .isEqualTo(new Credential.Unusable(AuthenticationFailure.UNKNOWN_SCHEME));
        assertThat(authorization("Bearer")).isEqualTo(new Credential.Unusable(AuthenticationFailure.UNKNOWN_SCHEME));
    }

    @Test
    void twoCredentialsAreNone() {
        HttpHeaders two = new HttpHeaders();
        two.add("X-API-Key", "a");
        two.add("Authorization", "Bearer b");
        HttpHeaders twice = new HttpHeaders();
        twice.add("X-API-Key", "a");
        twice.add("X-API-Key", "b");
        Credential refused = new Credential.Unusable(AuthenticationFailure.TWO_CREDENTIALS);
        assertThat(Credential.of(two)).isEqualTo(refused);
        assertThat(Credential.of(twice)).isEqualTo(refused);
    }

    private static Credential authorization(String value) {
        HttpHeaders headers = new HttpHeaders();
        headers.add("Authorization", value);
        return Credential.of(headers);
    }
}
