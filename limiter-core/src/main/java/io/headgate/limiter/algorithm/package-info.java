/**
 * The arithmetic of each quota: state, now and cost in; the next state, what is left and how long to wait out. No
 * clock, no I/O, no shared state. Integers only, every intermediate below 2<sup>53</sup>, so that the same steps in
 * Lua doubles give the same numbers.
 */
@NullMarked
package io.headgate.limiter.algorithm;

import org.jspecify.annotations.NullMarked;
