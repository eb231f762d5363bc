package io.headgate.limiter.algorithm;

/**
 * What has been used of a limit when the limit becomes another number: the same share of it, rounded up. So a limit that is
 * raised or lowered opens no room that was taken, and one that goes back and forth refills nothing.
 */
public final class CarryOver {

    private static final int BITS_OF_A_COUNT = 53;

    private CarryOver() {}

    /**
     * ceil(used · to / from), exactly.
     *
     * @param used tokens
     * @param from the limit they were counted under
     * @param to the limit they count under now; as long as one of the two is not known, and so 0, they stay as they are
     */
    public static long carried(long used, long from, long to) {
        if (from == to || from == 0 || to == 0) {
            return used;
        }
        long rest = used % from;
        long whole = used / from * to;
        boolean fitsLong = Math.multiplyHigh(rest, to) == 0 && rest * to >= 0;
        return whole + (fitsLong ? ceilDiv(rest * to, from) : ceilMulDiv(rest, to, from));
    }

    private static long ceilDiv(long a, long b) {
        return a / b + (a % b == 0 ? 0 : 1);
    }

    /** By hand and bit by bit, as the Lua script has to: the product does not fit 63 bits. Of a rest below {@code from}. */
    private static long ceilMulDiv(long rest, long to, long from) {
        long quotient = 0;
        long remainder = 0;
        for (int bit = BITS_OF_A_COUNT - 1; bit >= 0; bit--) {
            quotient *= 2;
            remainder *= 2;
            if (remainder >= from) {
                remainder -= from;
                quotient++;
            }
            if ((to >> bit & 1) == 1) {
                remainder += rest;
                if (remainder >= from) {
                    remainder -= from;
                    quotient++;
                }
            }
        }
        return remainder == 0 ? quotient : quotient + 1;
    }
}
