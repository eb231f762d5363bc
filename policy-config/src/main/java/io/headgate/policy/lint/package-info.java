/** Finds what is legal in a policy, but probably not meant. */
@NullMarked
package io.headgate.policy.lint;

import org.jspecify.annotations.NullMarked;
