package io.headgate.policy.cli;

import java.net.URI;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the address of a gateway's management port. */
final class LiveOption implements ITypeConverter<URI> {

    /** Where the management port is unless a gateway was told otherwise. */
    static final String USUAL = "http://localhost:8081";

    @Override
    public URI convert(String text) {
        try {
            URI uri = URI.create(text);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            throw wrong(text);
        }
        throw wrong(text);
    }

    private static TypeConversionException wrong(String text) {
        return new TypeConversionException(text + " (expected: a management address such as " + USUAL + ")");
    }
}
