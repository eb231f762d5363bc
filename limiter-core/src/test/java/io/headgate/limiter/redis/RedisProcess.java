package io.headgate.limiter.redis;

import java.io.IOException;

/** The process that serves a port, for signals. Asked for while it answers, so that it can be frozen later. */
record RedisProcess(long pid) {

    static RedisProcess at(int port) {
        return new RedisProcess(RespConnection.command(port, "INFO", "server")
                .lines()
                .filter(line -> line.startsWith("process_id:"))
                .map(line -> line.substring("process_id:".length()))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow());
    }

    /** Ends it without a word. */
    void kill() throws IOException {
        signal("KILL");
    }

    /** It keeps its connections and says nothing more. */
    void freeze() throws IOException {
        signal("STOP");
    }

    void thaw() throws IOException {
        signal("CONT");
    }

    private void signal(String name) throws IOException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                .inheritIO()
                .start();
        try {
            if (kill.waitFor() != 0) {
                throw new IOException("kill -" + name + " " + pid + " failed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
