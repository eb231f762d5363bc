package io.headgate.gateway.edge;

import org.springframework.core.Ordered;

/** The order in which the edge's filters see a request, first to last. */
final class EdgeOrder {

    /** Before everything. */
    static final int NEXT_TURN = Ordered.HIGHEST_PRECEDENCE;

    /** Before everything that looks at the path. */
    static final int TARGET = NEXT_TURN + 100;

    /** Before everything else that looks at the path. */
    static final int SIGNED_PATH = TARGET + 50;

    /** Before everything that looks at the method. */
    static final int METHOD = TARGET + 100;

    /** Before limits, so that a browser may read the refusals too. */
    static final int CORS = METHOD + 100;

    /** Before limits, which need not count what is too large anyway. */
    static final int BODY = CORS + 100;

    static final int ADMISSION = BODY + 100;

    static final int SIGNATURE = ADMISSION + 100;

    private EdgeOrder() {}
}
