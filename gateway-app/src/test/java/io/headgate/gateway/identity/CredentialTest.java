package io.headgate.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;

class CredentialTest {

    @Test
    void nothingIsNoCredential() {
        assertThat(Credential.of(new HttpHeaders(), null)).isEqualTo(new Credential.None());
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
        assertThat(Credential.of(headers, null)).isEqualTo(new Credential.ApiKey(""));
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
        assertThat(Credential.of(two, null)).isEqualTo(refused);
        assertThat(Credential.of(twice, null)).isEqualTo(refused);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "api_key=x",
                "a=b&apikey=x",
                "API-Key",
                "x-api-key=",
                "access_token=x&a",
                "api%5fkey=x",
                "a;api_key=x",
                "+api_key=x",
                "%61pi_key=x",
                "&&Authorization=x"
            })
    void aCredentialInTheQueryIsRefused(String query) {
        HttpHeaders headers = new HttpHeaders();
        headers.add("X-API-Key", "a");
        assertThat(Credential.of(headers, query)).isEqualTo(new Credential.Unusable(AuthenticationFailure.IN_QUERY));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "q=api_key", "key=1", "token=1", "api_keys=1", "a=b=access_token", "%zz=1", "api_key%3dx"})
    void otherParametersAreNone(String query) {
        assertThat(Credential.of(new HttpHeaders(), query)).isEqualTo(new Credential.None());
    }

    private static Credential authorization(String value) {
        HttpHeaders headers = new HttpHeaders();
        headers.add("Authorization", value);
        return Credential.of(headers, null);
    }
}
