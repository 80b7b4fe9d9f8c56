package io.evolo.tasks.kernels;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Threads that share out one large product or one large update among them. While a body runs {@linkplain #during under} a team, the
 * kernels that it calls cut their work into one part for each thread; what they compute is the same, bit for bit, because no sum is
 * cut. It is for one training of a large network: many small trainings are better given a thread each, without a team.
 *
 * <p>Between two parts a thread waits without rest for some 50 µs, so that a step of many products does not wake it for each, and then
 * sleeps. A team belongs to the thread that runs bodies under it, one at a time; {@link #close} ends its threads.
 */
public final class Team implements AutoCloseable {
    private static final ScopedValue<Team> PRESENT = ScopedValue.newInstance();
    private static final int SPINS = 1000;

    /** One thread's share of some work. */
    @FunctionalInterface
    public interface Share {
        /** @param part in [0, {@link #size}) */
        void run(int part);
    }

    private final Member[] members;
    /** Whether shares are being run: within them, there is no team. */
    private boolean busy;

    /** @param size threads, the caller's own among them, at least 1 */
    public Team(int size) {
        if (size < 1) {
            throw new IllegalArgumentException("a team of " + size + " threads, expected at least 1");
        }
        members = new Member[size - 1];
        for (int i = 0; i < members.length; i++) {
            members[i] = new Member(i + 1);
            members[i].start();
        }
    }

    /** Runs the body in this thread; large kernels in it are shared out. */
    public void during(Runnable body) {
        ScopedValue.where(PRESENT, this).run(body);
    }

    /** Runs the body in this thread; large kernels in it are shared out. */
    public <T> T during(Supplier<T> body) {
        return ScopedValue.where(PRESENT, this).call(body::get);
    }

    /** How many shares there are here: the threads of the team that this code runs under, or 1. */
    public static int size() {
        if (!PRESENT.isBound()) {
            return 1;
        }
        Team team = PRESENT.get();
        return team.busy ? 1 : team.members.length + 1;
    }

    /**
     * Runs every part, each in a thread of its own, the first in this one, and returns when all are done. A part whose thread has not
     * begun it when this one is ready with its own is run in this one. What the parts write must not overlap.
     */
    public static void each(Share share) {
        if (size() == 1) {
            share.run(0);
        } else {
            PRESENT.get().run(share);
        }
    }

    private void run(Share share) {
        busy = true;
        Throwable failure = null;
        for (Member member : members) {
            member.offer(share);
        }
        try {
            share.run(0);
        } catch (RuntimeException | Error e) {
            failure = e;
        }
        for (Member member : members) {
            member.takeBack();
        }
        for (Member member : members) {
            failure = first(failure, member.await());
        }
        busy = false;
        rethrow(failure);
    }

    private static Throwable first(Throwable a, Throwable b) {
        return a == null ? b : a;
    }

    private static void rethrow(Throwable failure) {
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
    }

    /** First of {@code count} places that a part has, in whole multiples of {@code grain}; of part {@code parts}: count. */
    public static int cut(int count, int grain, int part, int parts) {
        int grains = (count + grain - 1) / grain;
        return (int) Math.min(count, (long) grains * part / parts * grain);
    }

    /** Ends the threads. */
    @Override
    public void close() {
        for (Member member : members) {
            member.end();
        }
    }

    /** A thread of the team, beside the caller's. */
    private static final class Member extends Thread {
        private final int part;
        /** What it is to run; taken by it, or back by the caller. */
        private final AtomicReference<Share> offered = new AtomicReference<>();
        private volatile boolean done;
        private volatile boolean asleep;
        private volatile boolean ended;
        /** What the last share ended with; read after it is done. */
        private Throwable failure;

        Member(int part) {
            super("evolo-team-" + part);
            this.part = part;
            setDaemon(true);
        }

        void offer(Share share) {
            done = false;
            offered.set(share);
            if (asleep) {
                LockSupport.unpark(this);
            }
        }

        /** Runs the share in the caller's thread, where this one has not come to it: all processors may be busy. */
        void takeBack() {
            Share share = offered.getAndSet(null);
            if (share != null) {
                perform(share);
            }
        }

        /** Waits for the share's end; returns what it failed with, or null. */
        Throwable await() {
            for (int spins = 0; !done; spins++) {
                if (spins < SPINS) {
                    Thread.onSpinWait();
                } else {
                    Thread.yield();
                }
            }
            return failure;
        }

        void end() {
            ended = true;
            LockSupport.unpark(this);
        }

        @Override
        public void run() {
            for (int spins = 0; !ended; ) {
                Share share = offered.get() == null ? null : offered.getAndSet(null);
                if (share != null) {
                    perform(share);
                    spins = 0;
                } else if (spins++ < SPINS) {
                    Thread.onSpinWait();
                } else {
                    sleep();
                }
            }
        }

        private void perform(Share share) {
            failure = null;
            try {
                share.run(part);
            } catch (RuntimeException | Error e) {
                failure = e;
            }
            done = true;
        }

        private void sleep() {
            asleep = true;
            if (offered.get() == null && !ended) {
                LockSupport.park(this);
            }
            asleep = false;
        }
    }
}
