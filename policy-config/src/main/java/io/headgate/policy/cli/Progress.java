package io.headgate.policy.cli;

import java.io.PrintWriter;

/** How far a long reading has come: a line that is written over, on a terminal; nothing anywhere else. */
final class Progress {

    private static final int WIDTH = 40;
    private static final int ALL = 100;

    private final long total;
    private final PrintWriter terminal;
    private final boolean shown;
    private long percent = -1;

    private Progress(long total, PrintWriter terminal, boolean shown) {
        this.total = Math.max(1, total);
        this.terminal = terminal;
        this.shown = shown;
    }

    @SuppressWarnings("SystemConsoleNull") // PolicyCommand asks for the console that is null without a terminal
    static Progress of(long total, PrintWriter err) {
        return new Progress(total, err, System.console() != null);
    }

    void reached(long count) {
        long now = Math.min(ALL, count * ALL / total);
        if (shown && now > percent) {
            percent = now;
            int filled = (int) (WIDTH * now / ALL);
            terminal.print("\r[" + "#".repeat(filled) + " ".repeat(WIDTH - filled) + "] " + now + " %");
            terminal.flush();
        }
    }

    /** Takes the line away again. */
    void done() {
        if (shown) {
            terminal.print("\r" + " ".repeat(WIDTH + 10) + "\r");
            terminal.flush();
        }
    }
}
