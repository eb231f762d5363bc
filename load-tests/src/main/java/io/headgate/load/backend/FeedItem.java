package io.headgate.load.backend;

import java.time.Instant;

/**
 * One entry of a feed. Entries are made from their number alone, so every instance of the backend serves the same ones,
 * today and tomorrow.
 *
 * @param id {@code <feed>-<number>}
 * @param author who posted it
 * @param text a short sentence
 * @param postedAt ISO 8601
 */
record FeedItem(String id, String author, String text, String postedAt) {

    private static final String[] AUTHORS = {"ada", "edsger", "grace", "john", "leslie", "radia", "tony"};
    private static final String[] VERBS = {"uploaded", "watched", "shared", "finished", "rated", "bookmarked"};
    private static final String[] THINGS = {
        "a talk about queues", "the harbour at night", "a film on lighthouses", "an old radio play",
        "a lesson in knots", "the long cut", "a recipe for bread", "the third season"
    };

    static FeedItem of(String feed, long number, Instant postedAt) {
        long mixed = Math.abs((feed.hashCode() * 31L + number) * 0x9E37_79B9_7F4A_7C15L % 1_000_003);
        return new FeedItem(
                feed + "-" + number,
                AUTHORS[(int) (mixed % AUTHORS.length)],
                VERBS[(int) (mixed / 7 % VERBS.length)] + " " + THINGS[(int) (mixed / 49 % THINGS.length)],
                postedAt.toString());
    }
}
