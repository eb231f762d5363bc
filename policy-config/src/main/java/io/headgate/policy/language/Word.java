package io.headgate.policy.language;

import java.util.ArrayList;
import java.util.List;

/**
 * A word of a text, and where it begins in it.
 *
 * @param text the word
 * @param offset its first character's index
 */
record Word(String text, int offset) {

    /** The words of {@code text}, which spaces separate. */
    static List<Word> split(String text) {
        List<Word> words = new ArrayList<>();
        int from = 0;
        while (from < text.length()) {
            int end = from;
            while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
                end++;
            }
            if (end > from) {
                words.add(new Word(text.substring(from, end), from));
            }
            from = end + 1;
        }
        return words;
    }

    /** The part of this word from {@code begin} on. */
    Word from(int begin) {
        return new Word(text.substring(begin), offset + begin);
    }

    /** The part of this word before {@code end}. */
    Word until(int end) {
        return new Word(text.substring(0, end), offset);
    }

    Malformed malformed(String expected) {
        return new Malformed(text, offset, expected);
    }
}
