package io.headgate.policy.replay;

import io.headgate.limiter.LimitKey;
import io.headgate.limiter.Quota;
import io.headgate.limiter.local.AlgorithmCounter;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The accounts of a gateway in virtual time: what an in-process store is to a real one, for one thread that asks a million
 * times in a row. Such a replay waits for memory and hardly for anything else, so an account is one object in a chain of a
 * hash table.
 *
 * <p>Memory is bounded: beyond the most that are kept, idle accounts go, and if hardly one is, any others.
 */
final class Ledger {

    private static final int FIRST_SLOTS = 1 << 10;

    private final Function<Quota, AlgorithmCounter> counters = AlgorithmCounter::new;
    private final int mostAccounts;
    private @Nullable Account[] slots = new Account[FIRST_SLOTS];
    private int size;
    private int opened;

    /** @param mostAccounts most accounts that are kept at once */
    Ledger(int mostAccounts) {
        this.mostAccounts = mostAccounts;
    }

    /** The account of this key, a new one if there is none. */
    Account of(LimitKey key, Quota quota, long nowMicros) {
        int hash = Account.hash(key);
        for (Account account = slots[hash & slots.length - 1]; account != null; account = account.next) {
            if (account.isOf(key)) {
                return account;
            }
        }
        if (size == mostAccounts) {
            makeRoom(nowMicros);
        } else if (size == slots.length) {
            spread(new Account[2 * slots.length]);
        }
        int slot = hash & slots.length - 1;
        Account account = new Account(key, opened++, counters.apply(quota), slots[slot]);
        slots[slot] = account;
        size++;
        return account;
    }

    /** How many accounts there are. */
    int size() {
        return size;
    }

    private void spread(@Nullable Account[] larger) {
        for (Account first : slots) {
            for (Account account = first; account != null; ) {
                Account next = account.next;
                int slot = account.hash & larger.length - 1;
                account.next = larger[slot];
                larger[slot] = account;
                account = next;
            }
        }
        slots = larger;
    }

    /** Makes an eighth of the room at once, so that not every further account costs a look at all. */
    private void makeRoom(long nowMicros) {
        keep(account -> !account.isIdle(nowMicros));
        int most = mostAccounts - mostAccounts / 8;
        if (size > most) {
            int[] kept = {0};
            keep(account -> kept[0]++ < most);
        }
    }

    private void keep(Predicate<Account> wanted) {
        size = 0;
        for (int slot = 0; slot < slots.length; slot++) {
            Account kept = null;
            for (Account account = slots[slot]; account != null; ) {
                Account next = account.next;
                if (wanted.test(account)) {
                    account.next = kept;
                    kept = account;
                    size++;
                }
                account = next;
            }
            slots[slot] = kept;
        }
    }
}
