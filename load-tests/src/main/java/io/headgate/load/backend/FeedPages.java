package io.headgate.load.backend;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** The entries of every feed, newest first, in pages. */
final class FeedPages {

    static final int PAGE_SIZE = 20;

    /** Entries of one feed, numbered from 1. */
    static final int LENGTH = 200;

    private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration BETWEEN_POSTS = Duration.ofMinutes(10);

    /**
     * Part of a feed.
     *
     * @param feed whose it is
     * @param items newest first
     * @param next cursor of the page after this one, {@code null} on the last
     */
    record Page(String feed, List<FeedItem> items, @Nullable String next) {}

    private FeedPages() {}

    /**
     * The page that a cursor names.
     *
     * @param cursor {@code next} of the page before, {@code null} for the first page
     * @throws IllegalArgumentException if no page ever named that cursor
     */
    static Page page(String feed, @Nullable String cursor) {
        long newest = cursor == null ? LENGTH : number(cursor);
        long oldest = Math.max(1, newest - PAGE_SIZE + 1);
        return new Page(feed, items(feed, newest, oldest), oldest == 1 ? null : Long.toString(oldest - 1));
    }

    /** The newest entries of everybody that contain a word, at most a page of them. */
    static Page search(String word) {
        String wanted = word.toLowerCase(Locale.ROOT);
        List<FeedItem> found = items("all", LENGTH, 1).stream()
                .filter(item -> item.author().contains(wanted) || item.text().contains(wanted))
                .limit(PAGE_SIZE)
                .toList();
        return new Page("search", found, null);
    }

    private static List<FeedItem> items(String feed, long newest, long oldest) {
        return LongStream.iterate(newest, number -> number >= oldest, number -> number - 1)
                .mapToObj(number -> FeedItem.of(feed, number, EPOCH.plus(BETWEEN_POSTS.multipliedBy(number))))
                .toList();
    }

    private static long number(String cursor) {
        if (cursor.matches("[0-9]{1,9}")) {
            long number = Long.parseLong(cursor);
            if (number >= 1 && number <= LENGTH) {
                return number;
            }
        }
        throw new IllegalArgumentException("cursor: " + cursor + " (expected: the next of another page)");
    }
}
