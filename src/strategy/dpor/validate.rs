//! What the algorithm keeps true between two executions, checked in our own tests after each.

use super::tree::{Node, Tree};
use super::{Dpor, Relation};
use crate::engine::{Event, World};

impl Dpor {
    /// Panics if something is not as it has to be between two executions.
    pub(super) fn validate(&self, world: &World) {
        let path = &world.trace.events;
        if let Err(broken) = self.tree.validate(path, self.dependent) {
            panic!("broken after {} events: {broken}", path.len());
        }
    }
}

impl Tree {
    fn validate(&self, path: &[Event], dependent: Relation) -> Result<(), &'static str> {
        let nodes = self.nodes();
        for (position, node) in nodes.iter().enumerate() {
            node.validate(path.get(position).filter(|_| position + 1 < nodes.len()))?;
            self.validate_wakeup(node)?;
        }
        for (pair, event) in nodes.windows(2).zip(path) {
            let sleeps_on = |pair: &[Node]| {
                pair[0].sleep.iter().all(|asleep| {
                    let still = pair[1].sleep.has(asleep.event.task, asleep.event.choice);
                    still || dependent(&asleep.event, event)
                })
            };
            // Workers take branches at different times, so what sleeps does not follow from the point before.
            let is_alone = pair.iter().all(|node| node.point.is_none()) && !pair[0].wakes;
            holds(!is_alone || sleeps_on(pair), "what is asleep sleeps on until something dependent comes")?;
        }
        let size = |node: &Node| self.forest.size(node.wakeup) + self.forest.size(node.below);
        let in_use: usize = nodes.iter().map(size).sum();
        holds(in_use == self.forest.in_use(), "each branch is in one wakeup tree of the path")
    }

    /// The paper's two properties of a wakeup tree, as far as tasks tell.
    fn validate_wakeup(&self, node: &Node) -> Result<(), &'static str> {
        let first = self.forest.first_events(node.wakeup);
        let is_asleep = |event: &Event| node.sleep.has(event.task, event.choice);
        holds(!first.iter().any(is_asleep), "nothing is to be explored that is asleep")?;
        holds(differ(first.iter()), "the branches of a point differ in what comes next")
    }
}

impl Node {
    /// `next` is the event that the path goes on with from here, if it does.
    fn validate(&self, next: Option<&Event>) -> Result<(), &'static str> {
        let is_awake = |event: &Event| !self.sleep.has(event.task, event.choice);
        holds(next.is_none_or(is_awake), "no execution goes on with what is asleep")?;
        holds(
            differ(self.sleep.iter().map(|asleep| &asleep.event)),
            "nothing is explored twice from one point",
        )
    }
}

fn holds(claim: bool, text: &'static str) -> Result<(), &'static str> {
    if claim { Ok(()) } else { Err(text) }
}

/// Whether no two of them are of the same task, with the same choice.
fn differ<'a>(events: impl Iterator<Item = &'a Event>) -> bool {
    let mut names: Vec<_> = events.map(|event| (event.task, event.choice)).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    names.len() == count
}

mod tests {
    use super::super::sleep::Why;
    use super::super::wakeup::Fit;
    use super::*;
    use crate::engine::dependent;

    /// A tree of two scheduling points with an event of the first task between them.
    fn tree() -> (Tree, Vec<Event>) {
        let mut tree = Tree::default();
        tree.replace([Node::default(), Node::default()].into_iter());
        (tree, vec![Event::store(1, 1)])
    }

    fn plant(tree: &mut Tree, position: usize, event: Event) {
        let (node, forest) = tree.at(position);
        forest.insert(&mut node.wakeup, &mut vec![event], 0, |&event| event, |_, _, _, _| Fit::No);
    }

    /// What is found to be broken after this was done.
    fn broken_by(spoil: impl FnOnce(&mut Tree)) -> Option<&'static str> {
        let (mut tree, path) = tree();
        assert_eq!(tree.validate(&path, dependent), Ok(()));
        spoil(&mut tree);
        tree.validate(&path, dependent).err()
    }

    #[test]
    fn what_breaks_an_invariant_is_noticed() {
        let sleeps = |tree: &mut Tree, event| tree.at(0).0.sleep.add(event, Why::Explored);
        assert_eq!(
            broken_by(|tree| sleeps(tree, Event::store(1, 1))),
            Some("no execution goes on with what is asleep")
        );
        assert_eq!(
            broken_by(|tree| sleeps(tree, Event::store(2, 2))),
            Some("what is asleep sleeps on until something dependent comes")
        );
        assert_eq!(broken_by(|tree| sleeps(tree, Event::store(2, 1))), None, "the event woke it");
        let event = Event::store(2, 1);
        assert_eq!(broken_by(|tree| plant(tree, 0, event)), None);
        assert_eq!(
            broken_by(|tree| (0..2).for_each(|_| plant(tree, 0, event))),
            Some("the branches of a point differ in what comes next")
        );
        assert_eq!(
            broken_by(|tree| (0..2).for_each(|_| sleeps(tree, event))),
            Some("nothing is explored twice from one point")
        );
        let plants_what_sleeps = |tree: &mut Tree| {
            sleeps(tree, event);
            plant(tree, 0, event);
        };
        assert_eq!(broken_by(plants_what_sleeps), Some("nothing is to be explored that is asleep"));
        let loses_a_branch = |tree: &mut Tree| {
            plant(tree, 1, event);
            tree.at(1).0.wakeup = Default::default();
        };
        assert_eq!(broken_by(loses_a_branch), Some("each branch is in one wakeup tree of the path"));
    }
}
