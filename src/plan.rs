//! The plan: what runs, in which order, with which inputs. `build` and `run` both read it.

pub(crate) mod step;

use crate::model::ids::StepId;
use crate::model::project::Project;
use crate::plan::step::Step;

/// The project and its steps in an order in which each follows all it needs.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) project: Project,
    /// Indexed by [`StepId`]: stage order, then axis order.
    pub(crate) steps: Vec<Step>,
    /// Topological; among free steps the order written.
    pub(crate) order: Vec<StepId>,
}

impl Plan {
    pub(crate) fn step(&self, id: StepId) -> &Step {
        self.steps.get(id.index()).expect("invariant: step ids come from this plan")
    }
}
