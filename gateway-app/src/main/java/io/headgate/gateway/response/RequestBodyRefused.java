package io.headgate.gateway.response;

/** The body of a request is given up in the middle, for a reason of the gateway's own. */
public final class RequestBodyRefused extends RuntimeException {

    private final transient Problem problem;

    /** @param problem what the client is told, if it has not been answered yet */
    public RequestBodyRefused(Problem problem) {
        super(problem.detail(), null, false, false);
        this.problem = problem;
    }

    /** What the client is told. */
    public Problem problem() {
        return problem;
    }
}
