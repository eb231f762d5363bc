package io.headgate.policy.source;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Guesses what was meant by a word that is not known. */
public final class Suggestions {

    private static final int LONGEST_WORD = 64;

    private Suggestions() {}

    /**
     * The word among {@code known} that takes the fewest edits to get to, if those are few for a word of that length;
     * the first of several.
     */
    public static Optional<String> closest(String word, Collection<String> known) {
        String wanted = word.toLowerCase(Locale.ROOT);
        if (wanted.isEmpty() || wanted.length() > LONGEST_WORD) {
            return Optional.empty();
        }
        String best = null;
        int fewest = Integer.MAX_VALUE;
        for (String candidate : known) {
            int allowed = Math.max(1, Math.min(wanted.length(), candidate.length()) / 3);
            int edits = edits(wanted, candidate.toLowerCase(Locale.ROOT));
            if (edits <= allowed && edits < fewest) {
                best = candidate;
                fewest = edits;
            }
        }
        return Optional.ofNullable(best);
    }

    /**
     * Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours. (Boytsov,
     * <em>Indexing methods for approximate dictionary searching</em>, 2011, §2.1.)
     */
    private static int edits(String from, String to) {
        int[] beforeLast = new int[to.length() + 1];
        int[] last = new int[to.length() + 1];
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int substitution = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(Math.min(last[j] + 1, row[j - 1] + 1), last[j - 1] + substitution);
                boolean swapped = i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1);
                if (swapped) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            int[] free = beforeLast;
            beforeLast = last;
            last = row;
            row = free;
        }
        return last[to.length()];
    }
}
