/** What a policy would have done to recorded traffic. */
@NullMarked
package io.headgate.policy.simulate;

import org.jspecify.annotations.NullMarked;
