package io.headgate.limiter.algorithm;

/**
 * Tokens per microsecond as a fraction {@code tokens / micros} in lowest terms whose product stays below 2<sup>52</sup>,
 * so that no product of a step leaves the integers that a double holds.
 *
 * <p>A rate that does not fit is replaced by the closest smaller one that does: the last convergent or semiconvergent of
 * even index of its continued fraction (Khinchin, Continued Fractions, §6). Never faster than asked for, and slower by
 * less than one part in a million.
 *
 * @param tokens numerator, at least 1
 * @param micros denominator, at least 1
 */
public record Rate(long tokens, long micros) {

    private static final long LARGEST_PRODUCT = 1L << 52;

    /** The rate of {@code refill} tokens in {@code periodMicros}. */
    public static Rate of(long refill, long periodMicros) {
        long divisor = gcd(refill, periodMicros);
        long tokens = refill / divisor;
        long micros = periodMicros / divisor;
        return fits(tokens, micros) ? new Rate(tokens, micros) : largestBelow(tokens, micros);
    }

    /** Microseconds in which {@code amount + fraction / micros} tokens pass, rounded up; every product below 2<sup>53</sup>. */
    long microsFor(long amount, long fraction) {
        long parts = amount % tokens * micros + fraction;
        long whole = amount / tokens * micros + parts / tokens;
        return parts % tokens == 0 ? whole : whole + 1;
    }

    private static Rate largestBelow(long tokens, long micros) {
        // p/q and beforeP/beforeQ are the last two convergents; those of even index lie below the true rate.
        long beforeP = 0;
        long beforeQ = 1;
        long p = 1;
        long q = 0;
        long numerator = tokens;
        long denominator = micros;
        for (int index = 0; ; index++) {
            boolean below = index % 2 == 0;
            long term = numerator / denominator;
            long fitting = largestTerm(term, beforeP, beforeQ, p, q);
            if (fitting < term) {
                return below ? new Rate(fitting * p + beforeP, fitting * q + beforeQ) : new Rate(p, q);
            }
            long nextP = term * p + beforeP;
            long nextQ = term * q + beforeQ;
            beforeP = p;
            beforeQ = q;
            p = nextP;
            q = nextQ;
            long rest = numerator % denominator;
            numerator = denominator;
            denominator = rest;
        }
    }

    private static long largestTerm(long term, long beforeP, long beforeQ, long p, long q) {
        long low = 0;
        long high = term;
        while (low < high) {
            long middle = low + (high - low + 1) / 2;
            if (fits(middle * p + beforeP, middle * q + beforeQ)) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private static boolean fits(long tokens, long micros) {
        return micros == 0 || tokens <= LARGEST_PRODUCT / micros;
    }

    private static long gcd(long a, long b) {
        while (b != 0) {
            long rest = a % b;
            a = b;
            b = rest;
        }
        return a;
    }
}
