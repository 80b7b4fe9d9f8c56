package io.evolo.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

/**
 * What happens on Ctrl-C and on SIGTERM: work that asks {@link #requested} comes to a good end first, and its command's exit code is the
 * process's. A second signal ends the process at once with {@link ExitCode#INTERRUPTED}; files are replaced whole or not at all, so the
 * last checkpoint stays good. After {@link #release} there is nothing left to lose, and the first signal does so.
 */
final class Interruption implements AutoCloseable {
    private static final List<String> SIGNALS = List.of("INT", "TERM", "HUP");

    private final Runnable acknowledge;
    private final List<Handler> before = new ArrayList<>();
    private volatile boolean requested;
    private volatile boolean released;
    private volatile Runnable farewell = () -> {};

    /** What handled a signal before. */
    private record Handler(Object signal, Object handler) {}

    /** @param acknowledge called from another thread where a signal comes before {@link #release} */
    Interruption(Runnable acknowledge) {
        this.acknowledge = acknowledge;
        for (String name : SIGNALS) {
            handle(name);
        }
    }

    /** Whether the work should come to a good end now. */
    boolean requested() {
        return requested;
    }

    /**
     * Everything worth saving is saved.
     *
     * @param last what is done where a signal comes after this
     */
    void release(Runnable last) {
        farewell = last;
        released = true;
    }

    private synchronized void interrupted() {
        if (!requested && !released) {
            requested = true;
            acknowledge.run();
            return;
        }
        farewell.run();
        Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
    }

    /** By reflection, for the compiler warns of sun.misc and warnings are errors; module jdk.unsupported exports it for such use. */
    private void handle(String name) {
        try {
            Class<?> signals = Class.forName("sun.misc.Signal");
            Class<?> handlers = Class.forName("sun.misc.SignalHandler");
            Object handler = Proxy.newProxyInstance(handlers.getClassLoader(), new Class<?>[] {handlers}, (proxy, method, arguments) ->
                    switch (method.getName()) {
                        case "handle" -> {
                            interrupted();
                            yield null; // what a method without a result gives
                        }
                        case "equals" -> proxy == arguments[0];
                        case "hashCode" -> System.identityHashCode(proxy);
                        default -> name;
                    });
            Object signal = signals.getConstructor(String.class).newInstance(name);
            before.add(new Handler(signal, signals.getMethod("handle", signals, handlers).invoke(null, signal, handler)));
        } catch (InvocationTargetException e) {
            return; // the platform has no such signal, as Windows no HUP, or the JVM was told to leave it alone
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM has no module jdk.unsupported, which handles signals", e);
        }
    }

    /** From here on a signal ends the process as it likes. */
    @Override
    public void close() {
        for (Handler old : before) {
            try {
                Class<?> handlers = Class.forName("sun.misc.SignalHandler");
                old.signal.getClass().getMethod("handle", old.signal.getClass(), handlers).invoke(null, old.signal, old.handler);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("the handler of " + old.signal + " cannot be put back", e);
            }
        }
    }
}
