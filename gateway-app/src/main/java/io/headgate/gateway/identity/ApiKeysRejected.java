package io.headgate.gateway.identity;

import java.nio.file.Path;
import java.util.List;

/** A file of API keys cannot be used. */
public final class ApiKeysRejected extends RuntimeException {

    ApiKeysRejected(Path file, List<String> problems) {
        super("The API keys in " + file + " cannot be used:\n  " + String.join("\n  ", problems));
    }
}
