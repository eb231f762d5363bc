package io.headgate.limiter.redis;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.redisson.config.Config;

/**
 * Whom to trust on a {@code rediss://} connection, and how to prove who we are. A server's certificate must always be
 * issued by somebody trusted and carry the name or address that was asked for.
 *
 * @param trust PEM file of the authorities that may issue the servers' certificates, {@code null} for those Java trusts
 * @param certificate PEM file of this client's certificate and its issuers, {@code null} for none
 * @param key PEM file of its private key, PKCS #8 without a password
 */
public record RedisTls(
        @Nullable Path trust,
        @Nullable Path certificate,
        @Nullable Path key) {

    /** Trusts whom Java trusts, and proves nothing. */
    public static final RedisTls DEFAULT = new RedisTls(null, null, null);

    private static final char[] NO_PASSWORD = {};

    /** @throws IllegalArgumentException if there is a certificate without a key, or a key without a certificate */
    public RedisTls {
        if ((certificate == null) != (key == null)) {
            throw new IllegalArgumentException(
                    "tls: " + (certificate == null ? "a key without a certificate" : "a certificate without a key")
                            + " (expected: both or none)");
        }
    }

    /** @throws IllegalArgumentException naming the file that cannot be read or does not hold what it should */
    void apply(Config config) {
        if (trust != null) {
            config.setSslTrustManagerFactory(trusting(trust));
        }
        if (certificate != null && key != null) {
            config.setSslKeyManagerFactory(proving(certificate, key));
        }
    }

    private static TrustManagerFactory trusting(Path file) {
        try {
            KeyStore store = emptyStore();
            Certificate[] authorities = certificates(file);
            for (int i = 0; i < authorities.length; i++) {
                store.setCertificateEntry("authority-" + i, authorities[i]);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return factory;
        } catch (IOException | GeneralSecurityException e) {
            throw unusable("tls.trust", file, "PEM certificates", e);
        }
    }

    private static KeyManagerFactory proving(Path certificate, Path key) {
        try {
            KeyStore store = emptyStore();
            store.setKeyEntry("client", privateKey(key), NO_PASSWORD, certificates(certificate));
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, NO_PASSWORD);
            return factory;
        } catch (IOException | GeneralSecurityException e) {
            throw unusable("tls.certificate", certificate, "PEM certificates, the one that fits the key first", e);
        }
    }

    private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static Certificate[] certificates(Path file) throws IOException, GeneralSecurityException {
        Certificate[] certificates = CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)))
                .toArray(Certificate[]::new);
        if (certificates.length == 0) {
            throw new IOException("holds no certificate");
        }
        return certificates;
    }

    private static PrivateKey privateKey(Path file) {
        String expected = "a PEM private key, PKCS #8 without a password, RSA or EC";
        try {
            String text = Files.readString(file, StandardCharsets.US_ASCII);
            byte[] der = Base64.getMimeDecoder().decode(text.replaceAll("-----[A-Z ]+-----", ""));
            PKCS8EncodedKeySpec encoded = new PKCS8EncodedKeySpec(der);
            try {
                return KeyFactory.getInstance("RSA").generatePrivate(encoded);
            } catch (GeneralSecurityException notRsa) {
                return KeyFactory.getInstance("EC").generatePrivate(encoded);
            }
        } catch (IOException | IllegalArgumentException | GeneralSecurityException e) {
            throw unusable("tls.key", file, expected, e);
        }
    }

    private static IllegalArgumentException unusable(String name, Path file, String expected, Exception cause) {
        String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return new IllegalArgumentException(
                name + ": " + file + ": " + reason + " (expected: " + expected + ")", cause);
    }
}
