package io.headgate.policy.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** The release that the jar's manifest names. */
final class ReleaseVersion implements IVersionProvider {

    @Override
    public String[] getVersion() {
        String version = Optional.ofNullable(ReleaseVersion.class.getPackage().getImplementationVersion())
                .orElse("not released");
        return new String[] {"headgate policy " + version};
    }
}
