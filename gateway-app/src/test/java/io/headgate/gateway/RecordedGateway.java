package io.headgate.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A gateway without limits in front of a backend that writes down every byte. */
record RecordedGateway(RecordingBackend backend, RunningGateway gateway) implements AutoCloseable {

    /** @param folder where its policy goes */
    static RecordedGateway start(Path folder, String... settings) throws IOException {
        RecordingBackend backend = RecordingBackend.start();
        Path policy = Files.writeString(folder.resolve("policy.yaml"), Fixture.resource("/hostile/policy.yaml"));
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("--headgate.policy=" + policy);
        all.add("--headgate.store.type=memory");
        all.add("--headgate.backends.feed.uri=" + backend.uri());
        all.add("--headgate.backends.upload.uri=" + backend.uri());
        return new RecordedGateway(backend, RunningGateway.start(all));
    }

    @Override
    public void close() throws IOException {
        gateway.close();
        backend.close();
    }
}
