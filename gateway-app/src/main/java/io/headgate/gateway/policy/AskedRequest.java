package io.headgate.gateway.policy;

import io.headgate.policy.match.Caller;
import io.headgate.policy.match.RequestFacts;
import io.headgate.policy.net.IpAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;

/** A request that an operator asks about, as it stands in the question's parameters. */
record AskedRequest(
        @Nullable String method,
        @Nullable String host,
        @Nullable String path,
        @Nullable String ip,
        @Nullable String user,
        @Nullable String tenant,
        @Nullable String plan,
        @Nullable List<String> claim,
        @Nullable List<String> header) {

    /** @throws InvalidEndpointRequestException naming the parameter that is missing or wrong */
    RequestFacts facts() {
        Map<String, String> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        fields.putAll(pairs("header", header));
        return new RequestFacts(
                given("method", method),
                host == null ? "" : host.toLowerCase(Locale.ROOT),
                given("path", path),
                fields::get,
                address(given("ip", ip)),
                new Caller(user, tenant, plan, pairs("claim", claim)));
    }

    private static IpAddress address(String text) {
        return IpAddress.parse(text).orElseThrow(() -> wrong("ip: " + text + " (expected: an IP address)"));
    }

    private static String given(String name, @Nullable String value) {
        if (value == null) {
            throw wrong(name + ": missing");
        }
        return value;
    }

    private static Map<String, String> pairs(String name, @Nullable List<String> values) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String value : values == null ? List.<String>of() : values) {
            int equals = value.indexOf('=');
            if (equals < 1) {
                throw wrong(name + ": " + value + " (expected: name=value)");
            }
            pairs.put(value.substring(0, equals), value.substring(equals + 1));
        }
        return pairs;
    }

    static InvalidEndpointRequestException wrong(String message) {
        return new InvalidEndpointRequestException(message, message);
    }
}
