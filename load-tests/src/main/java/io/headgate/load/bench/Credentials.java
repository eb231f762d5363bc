package io.headgate.load.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** What callers say who they are by, as header fields of their requests, and the settings by which a gateway knows them. */
final class Credentials implements AutoCloseable {

    private final List<String> apiKeys = new ArrayList<>();
    private final List<String> tokens = new ArrayList<>();
    private final Path keyFile;
    private final TokenIssuer issuer;

    private Credentials(int users, Path folder) throws IOException {
        StringBuilder yaml = new StringBuilder("keys:\n");
        issuer = TokenIssuer.start();
        for (int user = 0; user < users; user++) {
            String key = "bench-user-" + user;
            apiKeys.add("X-API-Key: " + key);
            tokens.add("Authorization: Bearer " + issuer.token("user-" + user));
            yaml.append("  - { id: key-" + user + ", sha256: \"" + sha256(key) + "\", user: user-" + user
                    + ", plan: bench }\n");
        }
        keyFile = Files.writeString(folder.resolve("api-keys.yaml"), yaml);
    }

    /** For so many users, with the file of their keys in this folder. */
    static Credentials of(int users, Path folder) throws IOException {
        return new Credentials(users, folder);
    }

    List<String> apiKeys() {
        return apiKeys;
    }

    List<String> apiKeySettings() {
        return List.of("--headgate.auth.api-keys=" + keyFile);
    }

    List<String> tokens() {
        return tokens;
    }

    List<String> tokenSettings() {
        return issuer.settings();
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    @Override
    public void close() {
        issuer.close();
    }
}
