package io.evolo.tasks.kernels;

/**
 * Where products keep their packed panels. Products of one thread that are made one after the other may share it, so that a
 * decomposition of many products of different sizes needs no more than its largest one does.
 */
public final class PanelMemory {
    private float[] a = new float[0];
    private float[] b = new float[0];

    void reserve(int forA, int forB) {
        if (a.length < forA) {
            a = new float[forA];
        }
        if (b.length < forB) {
            b = new float[forB];
        }
    }

    float[] a() {
        return a;
    }

    float[] b() {
        return b;
    }
}
