//! Timers in the order in which they were set, with what is the least of each half, of each half of that, and so on: so those
//! that may be before a certain one are found without a look at each. What "before" means is not known here.

use super::rank::Number;
use std::ops::Range;
use std::time::Duration;

/// What is least of some timers, each taken for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Least {
    /// How long one takes after its moment.
    pub(super) after: Duration,
    /// The poll in which that was.
    pub(super) poll: u64,
    /// The tick at which it is due.
    pub(super) tick: Duration,
}

impl Least {
    /// Of none; and in each respect what is found by nobody.
    pub(super) const NONE: Least = Least { after: Duration::MAX, poll: u64::MAX, tick: Duration::MAX };

    fn of(self, other: Least) -> Least {
        Least {
            after: self.after.min(other.after),
            poll: self.poll.min(other.poll),
            tick: self.tick.min(other.tick),
        }
    }
}

/// Values with their numbers, which go up.
pub(super) struct Tournament<V> {
    /// Those that were ever put in, since there was last made room.
    numbers: Vec<Number>,
    /// `None` where it was taken away.
    values: Vec<Option<V>>,
    count: usize,
    /// As a heap: the root is 1, and the first of the leaves, of which there are as many as this is long, half way.
    least: Vec<Least>,
    #[cfg(test)]
    pub(super) looks: std::cell::Cell<u64>,
}

impl<V> Tournament<V> {
    pub(super) fn new() -> Self {
        Tournament {
            numbers: Vec::new(),
            values: Vec::new(),
            count: 0,
            least: Vec::new(),
            #[cfg(test)]
            looks: Default::default(),
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// The least of all.
    pub(super) fn least(&self) -> Least {
        self.least.get(1).copied().unwrap_or(Least::NONE)
    }

    /// Puts one in, whose number is higher than all that ever were.
    pub(super) fn push(&mut self, number: Number, least: Least, value: V) {
        if self.numbers.len() == self.leaves() {
            self.make_room();
        }
        self.numbers.push(number);
        self.values.push(Some(value));
        self.count += 1;
        self.set(self.numbers.len() - 1, least);
    }

    /// Takes one out.
    pub(super) fn remove(&mut self, number: Number) -> Option<V> {
        let place = self.place(number)?;
        let value = self.values[place].take()?;
        self.count -= 1;
        self.set(place, Least::NONE);
        Some(value)
    }

    pub(super) fn get(&self, number: Number) -> Option<&V> {
        self.values[self.place(number)?].as_ref()
    }

    pub(super) fn get_mut(&mut self, number: Number) -> Option<&mut V> {
        let place = self.place(number)?;
        self.values[place].as_mut()
    }

    /// The first of those that are due at the least tick.
    pub(super) fn first_due(&self) -> Option<Number> {
        if self.count == 0 {
            return None;
        }
        let mut node = 1;
        while node < self.leaves() {
            let is_left = self.least[2 * node].tick <= self.least[2 * node + 1].tick;
            node = 2 * node + usize::from(!is_left);
        }
        Some(self.numbers[node - self.leaves()])
    }

    /// One that was put in before that number, and is such a one. `may` says whether there may be any among those of which
    /// that is the least. Which it is, if there are several, is drawn, so that it is seldom the one that goes first.
    pub(super) fn find_before(
        &self,
        number: Number,
        may: impl Fn(&Least) -> bool,
        is: impl Fn(&V) -> bool,
    ) -> Option<Number> {
        self.find(0..self.numbers.partition_point(|&other| other < number), number, may, is)
    }

    /// As [`Tournament::find_before`], of those that were put in after it.
    pub(super) fn find_after(
        &self,
        number: Number,
        may: impl Fn(&Least) -> bool,
        is: impl Fn(&V) -> bool,
    ) -> Option<Number> {
        let first = self.numbers.partition_point(|&other| other <= number);
        self.find(first..self.numbers.len(), number, may, is)
    }

    fn find(
        &self,
        wanted: Range<usize>,
        seed: u64,
        may: impl Fn(&Least) -> bool,
        is: impl Fn(&V) -> bool,
    ) -> Option<Number> {
        let leaves = self.leaves();
        let mut lots = (seed ^ self.count as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        if wanted.is_empty() {
            return None;
        }
        // Nodes to be looked at, each with the first of its leaves and their number: of each level at most two.
        let mut nodes = [(0, 0, 0); 2 * usize::BITS as usize];
        nodes[0] = (1, 0, leaves);
        let mut count = 1;
        while count > 0 {
            count -= 1;
            let (node, first, len) = nodes[count];
            if first >= wanted.end || first + len <= wanted.start {
                continue;
            }
            #[cfg(test)]
            self.looks.set(self.looks.get() + 1);
            if !may(&self.least[node]) {
                continue;
            }
            if len == 1 {
                if self.values[first].as_ref().is_some_and(&is) {
                    return Some(self.numbers[first]);
                }
                continue;
            }
            let halves = [(2 * node, first, len / 2), (2 * node + 1, first + len / 2, len / 2)];
            lots = lots.rotate_left(1);
            let last = (lots & 1) as usize;
            nodes[count] = halves[last];
            nodes[count + 1] = halves[1 - last];
            count += 2;
        }
        None
    }

    fn leaves(&self) -> usize {
        self.least.len() / 2
    }

    fn place(&self, number: Number) -> Option<usize> {
        self.numbers.binary_search(&number).ok()
    }

    fn set(&mut self, place: usize, least: Least) {
        let mut node = self.leaves() + place;
        self.least[node] = least;
        while node > 1 {
            node /= 2;
            let both = self.least[2 * node].of(self.least[2 * node + 1]);
            if self.least[node] == both {
                return;
            }
            self.least[node] = both;
        }
    }

    /// Forgets those that were taken out, and is at most half full then.
    fn make_room(&mut self) {
        let before = self.leaves();
        let leaves = (2 * self.count).next_power_of_two().max(8);
        let mut least = vec![Least::NONE; 2 * leaves];
        let mut kept = 0;
        for place in 0..self.values.len() {
            if self.values[place].is_some() {
                least[leaves + kept] = self.least[before + place];
                self.numbers[kept] = self.numbers[place];
                self.values.swap(kept, place);
                kept += 1;
            }
        }
        self.numbers.truncate(kept);
        self.values.truncate(kept);
        for node in (1..leaves).rev() {
            least[node] = least[2 * node].of(least[2 * node + 1]);
        }
        self.least = least;
    }
}
