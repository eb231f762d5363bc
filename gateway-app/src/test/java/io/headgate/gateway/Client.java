package io.headgate.gateway;

import java.net.URI;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;

/**
 * A client of the gateway that shares its user and its address with no other test.
 *
 * @param user who it is to the policy; meaningless for a client without a credential
 * @param headers what it sends with each request
 */
record Client(RunningGateway gateway, String user, List<String> headers) {

    Client with(String name, String value) {
        List<String> more = new ArrayList<>(headers);
        more.add(name);
        more.add(value);
        return new Client(gateway, user, more);
    }

    Answer get(String path) {
        return Answer.to(request(path).build());
    }

    HttpRequest.Builder request(String path) {
        URI uri = gateway.at(path);
        return HttpRequest.newBuilder(uri).headers(headers.toArray(String[]::new));
    }
}
