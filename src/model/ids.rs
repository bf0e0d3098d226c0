//! Ids of the things a project holds: small, copyable, dense.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) struct $name(pub(crate) u32);

        impl $name {
            /// Precondition: `index` is that of an item in the project's list.
            pub(crate) fn new(index: usize) -> Self {
                Self(u32::try_from(index).expect("invariant: fewer than 2^32 items"))
            }

            pub(crate) fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// A schema of the project.
    SchemaId;
    /// A dataset of the project.
    DatasetId;
    /// A stage as written; a matrix stage is one stage with several instances.
    StageId;
    /// One instance of a stage: what runs, with a name such as `train@forest`.
    StepId;
}
