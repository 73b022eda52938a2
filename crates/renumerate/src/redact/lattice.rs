//! Lattice of the ways to read a text.

/// A graph whose paths are the ways to read a text. An edge stands for one byte of the text that was encoded, and leads
/// from the node where its encoded form begins to the node where this form ends.
#[derive(Debug)]
pub(crate) struct Lattice {
    /// The byte and the target of each edge, ordered by origin.
    edges: Vec<(u8, usize)>,
    /// The index of each node's first edge.
    first_edges: Vec<usize>,
}

impl Lattice {
    pub(crate) fn with_capacity(nodes: usize) -> Self {
        Self { edges: Vec::with_capacity(nodes), first_edges: Vec::with_capacity(nodes) }
    }

    /// Adds a node. Its number is the number of the nodes before it.
    pub(crate) fn add_node(&mut self) {
        self.first_edges.push(self.edges.len());
    }

    /// Adds an edge from the last node. The target may be added later.
    pub(crate) fn add_edge(&mut self, byte: u8, target: usize) {
        self.edges.push((byte, target));
    }

    /// Returns the number of nodes.
    pub(crate) fn len(&self) -> usize {
        self.first_edges.len()
    }

    /// Returns the edges that begin at this node. A node that does not exist, such as the end of the text, has none.
    pub(crate) fn edges(&self, node: usize) -> &[(u8, usize)] {
        let Some(first) = self.first_edges.get(node) else { return &[] };
        let end = self.first_edges.get(node + 1).copied().unwrap_or(self.edges.len());
        self.edges.get(*first..end).unwrap_or_default()
    }
}
