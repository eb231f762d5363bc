package io.headgate.gateway.edge;

/** Where uploads live. */
final class UploadPath {

    private static final String ROOT = "/files";

    private UploadPath() {}

    /** Whether a canonical path is one of uploads, or where they are created. */
    static boolean includes(String path) {
        return path.startsWith(ROOT) && (path.length() == ROOT.length() || path.charAt(ROOT.length()) == '/');
    }
}
