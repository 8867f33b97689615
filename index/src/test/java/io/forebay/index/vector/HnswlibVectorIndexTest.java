package io.forebay.index.vector;

class HnswlibVectorIndexTest implements VectorIndexContract {

    @Override
    public VectorIndex newIndex(VectorConfig config) {
        return new HnswlibVectorIndex(config);
    }
}
