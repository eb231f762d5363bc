@NullMarked
package io.headgate.policy.match;

import org.jspecify.annotations.NullMarked;
