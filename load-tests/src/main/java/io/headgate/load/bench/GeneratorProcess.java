package io.headgate.load.bench;

import io.headgate.load.ChildProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/** The {@link LoadGenerator} in its own process; ends with its input, and so with this process. */
final class GeneratorProcess implements AutoCloseable {

    private final JsonMapper json = JsonMapper.shared();
    private final Process process;
    private final Writer loads;
    private final BufferedReader measurements;

    private GeneratorProcess(Process process) {
        this.process = process;
        this.loads = process.outputWriter(StandardCharsets.UTF_8);
        this.measurements = process.inputReader(StandardCharsets.UTF_8);
    }

    static GeneratorProcess start(List<String> jvmOptions) throws IOException {
        return new GeneratorProcess(
                new ProcessBuilder(ChildProcess.java(Contender.onClassPath(jvmOptions, LoadGenerator.class.getName())))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start());
    }

    Measurement run(Load load) throws IOException {
        loads.write(json.writeValueAsString(load) + "\n");
        loads.flush();
        String line = measurements.readLine();
        if (line == null) {
            throw new IOException("the load generator ended during a load on port " + load.port());
        }
        return json.readValue(line, Measurement.class);
    }

    @Override
    public void close() throws IOException {
        loads.close();
        process.destroy();
    }
}
