// VeLO's thirty columns of an element, which Celo and Celo2 have too; see io.evolo.optimizers.learned.Celo2, whose order this is.
__device__ inline void columns(const Element& o, float (&x)[COLUMNS]) {
    x[0] = o.g;
    x[1] = clip(o.g, 0.1f);
    x[2] = o.p;
    x[6] = o.v;
    x[10] = o.q;
    x[14] = o.g * o.q;
#pragma unroll
    for (int k = 0; k < K; k++) {
        x[3 + k] = o.m[k];
        x[7 + k] = o.m[k] * o.q;
        x[11 + k] = o.g_factored[k];
        x[15 + k] = o.of_row[k];
        x[18 + k] = o.of_col[k];
        x[21 + k] = inverse_root(o.of_row[k] + 1e-8f);
        x[24 + k] = inverse_root(o.of_col[k] + 1e-8f);
        x[27 + k] = o.m_factored[k];
    }
}
