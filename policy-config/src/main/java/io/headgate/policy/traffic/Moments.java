package io.headgate.policy.traffic;

import java.time.LocalDate;
import java.time.YearMonth;
import java.util.OptionalLong;

/** Reads times as the access log writes them, without the generality of the JDK's parser, which takes longer than a line. */
final class Moments {

    private static final String SHAPE = "dddd-dd-ddTdd:dd:dd.ddddddZ";

    private Moments() {}

    /** Microseconds since 1970; empty if the text has another shape, or is no time. */
    static OptionalLong micros(String text) {
        if (text.length() != SHAPE.length()) {
            return OptionalLong.empty();
        }
        for (int i = 0; i < SHAPE.length(); i++) {
            char c = text.charAt(i);
            if (SHAPE.charAt(i) == 'd' ? c < '0' || c > '9' : c != SHAPE.charAt(i)) {
                return OptionalLong.empty();
            }
        }
        int year = number(text, 0, 4);
        int month = number(text, 5, 7);
        int day = number(text, 8, 10);
        int hour = number(text, 11, 13);
        int minute = number(text, 14, 16);
        int second = number(text, 17, 19);
        boolean real = month >= 1
                && month <= 12
                && day >= 1
                && day <= YearMonth.of(year, month).lengthOfMonth()
                && hour < 24
                && minute < 60
                && second < 60;
        if (!real) {
            return OptionalLong.empty();
        }
        long seconds = LocalDate.of(year, month, day).toEpochDay() * 86_400 + hour * 3_600L + minute * 60L + second;
        return OptionalLong.of(seconds * 1_000_000 + number(text, 20, 26));
    }

    private static int number(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            number = 10 * number + text.charAt(i) - '0';
        }
        return number;
    }
}
