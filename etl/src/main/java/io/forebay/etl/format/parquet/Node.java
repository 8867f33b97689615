package io.forebay.etl.format.parquet;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A field of a file's schema.
 *
 * @param repetition      0 required, 1 optional, 2 repeated
 * @param repetitionLevel how many repeated fields there are from the root to this one
 * @param definitionLevel how many fields there are that need not be there, from the root to this one
 * @param firstLeaf       index of the first column under this field
 * @param leaves          how many columns there are
 * @param leaf            what a column holds; null for a group
 */
record Node(String name, int repetition, int repetitionLevel, int definitionLevel, GroupKind kind,
        List<Node> children, int firstLeaf, int leaves, @Nullable Leaf leaf) {
    private static final int COLUMNS_MAX = 16_384;
    private static final int DEPTH_MAX = 50;
    static final int REPEATED = 2;
    static final int OPTIONAL = 1;

    enum GroupKind {
        PLAIN, LIST, MAP
    }

    /** Reads the tree from its elements, which are in depth-first order. */
    static Node tree(List<Thrift.Struct> elements) {
        ParquetException.require(!elements.isEmpty(), "it has no schema");
        Reading reading = new Reading(elements);
        Node root = reading.node(0, 0, 0);
        ParquetException.require(reading.next == elements.size(), "the schema has more elements than fields");
        ParquetException.require(root.leaf == null && reading.leaves > 0, "it has no columns");
        return root;
    }

    private static final class Reading {
        private final List<Thrift.Struct> elements;
        private int next;
        private int leaves;

        Reading(List<Thrift.Struct> elements) {
            this.elements = elements;
        }

        Node node(int depth, int repetitionLevel, int definitionLevel) {
            ParquetException.require(next < elements.size(), "the schema ends in the middle");
            ParquetException.require(depth <= DEPTH_MAX, "the schema is nested too deeply");
            Thrift.Struct element = elements.get(next++);
            int repetition = depth == 0 ? 0 : element.integer(3, 0);
            ParquetException.require(repetition >= 0 && repetition <= REPEATED, "the schema has repetition "
                    + repetition);
            int repeats = repetitionLevel + (repetition == REPEATED ? 1 : 0);
            int defines = definitionLevel + (repetition == 0 ? 0 : 1);
            int first = leaves;
            List<Node> children = new ArrayList<>();
            int count = element.integer(5, 0);
            if (count == 0 && element.has(1)) {
                leaves++;
                ParquetException.require(leaves <= COLUMNS_MAX,
                        "it has more than " + COLUMNS_MAX + " columns");
                return new Node(element.text(4), repetition, repeats, defines, GroupKind.PLAIN, children,
                        first,
                        1, Leaf.of(element));
            }
            for (int i = 0; i < count; i++) {
                children.add(node(depth + 1, repeats, defines));
            }
            ParquetException.require(leaves > first, "field '" + element.text(4) + "' is a group of nothing");
            return new Node(element.text(4), repetition, repeats, defines, kind(element, children), children,
                    first, leaves - first, null);
        }

        private static GroupKind kind(Thrift.Struct element, List<Node> children) {
            Thrift.Struct logical = element.struct(10);
            int which = logical == null ? 0 : logical.which();
            int converted = element.integer(6, -1);
            boolean repeats = children.size() == 1 && children.get(0).repetition == REPEATED;
            if (repeats && (which == 3 || converted == 3)) {
                return GroupKind.LIST;
            }
            boolean pairs = repeats && children.get(0).children.size() == 2;
            return pairs && (which == 2 || converted == 1 || converted == 2)
                    ? GroupKind.MAP
                    : GroupKind.PLAIN;
        }
    }
}
