package io.headgate.load.backend;

/** A request that is answered with an error; thrown where the reason is found. */
final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient Answer answer;

    Refusal(int status, String sentence) {
        this(Answer.of(status, sentence));
    }

    Refusal(Answer answer) {
        super("answered " + answer.status(), null, false, false);
        this.answer = answer;
    }

    Answer answer() {
        return answer;
    }
}
