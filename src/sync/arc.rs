//! Shared ownership. The value and the counts are std's; `backend::Count` tells a checker who comes and goes.

use crate::backend::Count;
use crate::engine::object::CountAction;
use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::pin::Pin;
use std::sync as real;
use std::task::{Wake, Waker};

/// [`std::sync::Arc`], under every backend.
///
/// Under native it matters who is the last owner, and how many there are, as soon as somebody can notice: where
/// [`Arc::strong_count`], [`Arc::try_unwrap`], [`Arc::get_mut`] or [`Weak::upgrade`] look, or where the value's
/// destructor does something that others see, all orders of the owners' coming and going are explored. Elsewhere an
/// `Arc` costs no execution. Under the other checkers the counts are whatever they happen to be.
///
/// Two things only std's own type can do in stable Rust: become an `Arc<dyn Trait>` by itself, and be the type of
/// `self`. Write `Arc::from_std(value)` of a [`std::sync::Arc`], or use that one where its counts do not matter: a
/// checker does not mind it, but does not see its counts.
///
/// ```
/// use conccheck::{Checker, Outcome, sync::Arc, thread};
///
/// let report = Checker::new().explore(|| {
///     let value = Arc::new(7);
///     let other = Arc::clone(&value);
///     let thread = thread::spawn(move || Arc::into_inner(other).is_some());
///     let mine = Arc::into_inner(value).is_some();
///     (mine, thread.join().unwrap())
/// });
/// // One of them gets the value, and either may.
/// let outcomes: Vec<_> = report.outcomes().cloned().collect();
/// assert_eq!(outcomes, [Outcome::Returned((false, true)), Outcome::Returned((true, false))]);
/// ```
pub struct Arc<T: ?Sized> {
    /// Taken when this is dropped or given away.
    data: ManuallyDrop<real::Arc<T>>,
    count: Option<real::Arc<Count>>,
}

/// [`std::sync::Weak`], under every backend.
pub struct Weak<T: ?Sized> {
    data: real::Weak<T>,
    count: Option<real::Arc<Count>>,
}

impl<T> Arc<T> {
    /// A value with one owner.
    #[track_caller]
    pub fn new(value: T) -> Self {
        Arc::from_std(real::Arc::new(value))
    }

    /// As [`Arc::new`], for what has this name for readers.
    #[track_caller]
    pub(crate) fn named(what: &'static str, value: T) -> Self {
        Arc { data: ManuallyDrop::new(real::Arc::new(value)), count: Count::of(what) }
    }

    /// A value that knows where it is: `make` gets a [`Weak`] to it, which cannot be upgraded before `make` has returned.
    #[track_caller]
    pub fn new_cyclic(make: impl FnOnce(&Weak<T>) -> T) -> Self {
        let count = Count::new();
        let data = real::Arc::new_cyclic(|weak| {
            let weak = Weak { data: weak.clone(), count: count.clone() };
            if let Some(count) = &count {
                count.change(CountAction::Downgrade);
            }
            make(&weak)
        });
        Arc { data: ManuallyDrop::new(data), count }
    }

    /// As [`Arc::new`], pinned.
    #[track_caller]
    pub fn pin(value: T) -> Pin<Self> {
        // SAFETY: an `Arc`'s value does not move, and is lent out to be changed only if it can be unpinned, or by
        // functions that take no pinned one.
        unsafe { Pin::new_unchecked(Arc::new(value)) }
    }

    /// The value, if this is its only owner.
    ///
    /// # Errors
    /// The `Arc` itself, when there are others.
    #[track_caller]
    pub fn try_unwrap(this: Self) -> Result<T, Self> {
        this.look(CountAction::TryUnwrap);
        let (data, count) = this.into_parts();
        let is_alone = is_alone(&data);
        match real::Arc::try_unwrap(data) {
            Ok(value) => {
                Count::end_if(is_alone, count.as_deref());
                Ok(value)
            }
            Err(data) => Err(Arc::from_parts(data, count)),
        }
    }

    /// Lets go; the value, if this was its last owner. Of several owners that all do this, one gets the value.
    #[track_caller]
    pub fn into_inner(this: Self) -> Option<T> {
        this.look(CountAction::Drop);
        let (data, count) = this.into_parts();
        Count::end_if(is_alone(&data), count.as_deref());
        real::Arc::into_inner(data)
    }

    /// The value, if this is its only owner, or a clone of it.
    #[track_caller]
    pub fn unwrap_or_clone(this: Self) -> T
    where
        T: Clone,
    {
        Arc::try_unwrap(this).unwrap_or_else(|this| (*this).clone())
    }
}

impl<T: ?Sized> Arc<T> {
    /// The same value, with its owners told to checkers from here on. Its owners so far are none to them.
    #[track_caller]
    pub fn from_std(data: real::Arc<T>) -> Self {
        Arc { data: ManuallyDrop::new(data), count: Count::new() }
    }

    /// The same value, whose counts no checker sees from here on.
    pub fn into_std(this: Self) -> real::Arc<T> {
        this.into_parts().0
    }

    /// Knows where the value is, and does not keep it alive.
    #[track_caller]
    pub fn downgrade(this: &Self) -> Weak<T> {
        this.change(CountAction::Downgrade);
        Weak { data: real::Arc::downgrade(&this.data), count: this.count.clone() }
    }

    /// How many owners there are.
    #[track_caller]
    pub fn strong_count(this: &Self) -> usize {
        this.look(CountAction::Count);
        real::Arc::strong_count(&this.data)
    }

    /// How many [`Weak`]s there are.
    #[track_caller]
    pub fn weak_count(this: &Self) -> usize {
        this.look(CountAction::Count);
        real::Arc::weak_count(&this.data)
    }

    /// The value, to be changed, if there is no other owner and no [`Weak`].
    #[track_caller]
    pub fn get_mut(this: &mut Self) -> Option<&mut T> {
        this.look(CountAction::GetMut);
        real::Arc::get_mut(&mut this.data)
    }

    /// Whether both are owners of the same value.
    pub fn ptr_eq(this: &Self, other: &Self) -> bool {
        real::Arc::ptr_eq(&this.data, &other.data)
    }

    /// Where the value is.
    pub fn as_ptr(this: &Self) -> *const T {
        let pointer = real::Arc::as_ptr(&this.data);
        Count::note(this.count.as_ref(), pointer.cast::<()>().addr());
        pointer
    }

    #[track_caller]
    fn change(&self, action: CountAction) {
        if let Some(count) = &self.count {
            count.change(action);
        }
    }

    #[track_caller]
    fn look(&self, action: CountAction) {
        if let Some(count) = &self.count {
            count.look(action, is_alone(&self.data));
        }
    }

    /// One of what [`Arc::into_parts`] gave.
    pub(super) fn from_parts(data: real::Arc<T>, count: Option<real::Arc<Count>>) -> Self {
        Arc { data: ManuallyDrop::new(data), count }
    }

    /// What it is made of, without letting go.
    pub(super) fn into_parts(self) -> (real::Arc<T>, Option<real::Arc<Count>>) {
        let mut this = ManuallyDrop::new(self);
        // SAFETY: it is taken once, since what is left is not dropped.
        (unsafe { ManuallyDrop::take(&mut this.data) }, this.count.take())
    }
}

impl<T: Clone> Arc<T> {
    /// The value, to be changed: a clone of it, if there are other owners.
    #[track_caller]
    pub fn make_mut(this: &mut Self) -> &mut T {
        this.look(CountAction::GetMut);
        real::Arc::make_mut(&mut this.data)
    }
}

impl<T> Weak<T> {
    /// One that knows of no value.
    pub const fn new() -> Self {
        Weak { data: real::Weak::new(), count: None }
    }
}

impl<T: ?Sized> Weak<T> {
    /// An owner of the value, if it is still there.
    #[track_caller]
    pub fn upgrade(&self) -> Option<Arc<T>> {
        self.look(CountAction::Upgrade);
        let data = ManuallyDrop::new(self.data.upgrade()?);
        Some(Arc { data, count: self.count.clone() })
    }

    /// How many owners there are.
    #[track_caller]
    pub fn strong_count(&self) -> usize {
        self.look(CountAction::Count);
        self.data.strong_count()
    }

    /// How many [`Weak`]s there are; 0 if there is no owner.
    #[track_caller]
    pub fn weak_count(&self) -> usize {
        self.look(CountAction::Count);
        self.data.weak_count()
    }

    /// Whether both know of the same value, or both of none.
    pub fn ptr_eq(&self, other: &Self) -> bool {
        self.data.ptr_eq(&other.data)
    }

    /// Where the value is, or was.
    pub fn as_ptr(&self) -> *const T {
        self.data.as_ptr()
    }

    /// One of what [`Weak::into_parts`] gave.
    pub(super) fn from_parts(data: real::Weak<T>, count: Option<real::Arc<Count>>) -> Self {
        Weak { data, count }
    }

    /// What it is made of, without letting go.
    pub(super) fn into_parts(self) -> (real::Weak<T>, Option<real::Arc<Count>>) {
        let mut this = ManuallyDrop::new(self);
        let count = this.count.take();
        // SAFETY: it is read once, since what is left is not dropped.
        (unsafe { std::ptr::read(&this.data) }, count)
    }

    /// Others may be owners, wherever they are.
    #[track_caller]
    fn look(&self, action: CountAction) {
        if let Some(count) = &self.count {
            count.look(action, false);
        }
    }
}

impl<T: ?Sized> Clone for Arc<T> {
    #[track_caller]
    fn clone(&self) -> Self {
        self.change(CountAction::Clone);
        Arc { data: self.data.clone(), count: self.count.clone() }
    }
}

/// Whether there is no other owner, and no [`Weak`].
fn is_alone<T: ?Sized>(data: &real::Arc<T>) -> bool {
    real::Arc::strong_count(data) == 1 && real::Arc::weak_count(data) == 0
}

impl<T: ?Sized> Drop for Arc<T> {
    fn drop(&mut self) {
        // SAFETY: it is taken once, since this is the end.
        let data = unsafe { ManuallyDrop::take(&mut self.data) };
        match &self.count {
            None => drop(data),
            Some(count) => count.let_go(real::Arc::strong_count(&data) == 1, || {
                let is_alone = is_alone(&data);
                drop(data);
                Count::end_if(is_alone, Some(count));
            }),
        }
    }
}

impl<T: ?Sized> Clone for Weak<T> {
    #[track_caller]
    fn clone(&self) -> Self {
        if let Some(count) = &self.count {
            count.change(CountAction::Downgrade);
        }
        Weak { data: self.data.clone(), count: self.count.clone() }
    }
}

impl<T: ?Sized> Drop for Weak<T> {
    fn drop(&mut self) {
        if let Some(count) = &self.count {
            count.change(CountAction::DropWeak);
        }
    }
}

impl<T: ?Sized> Deref for Arc<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.data
    }
}

impl<T: ?Sized> AsRef<T> for Arc<T> {
    fn as_ref(&self) -> &T {
        self
    }
}

impl<T: ?Sized> Borrow<T> for Arc<T> {
    fn borrow(&self) -> &T {
        self
    }
}

impl<T: Default> Default for Arc<T> {
    #[track_caller]
    fn default() -> Self {
        Arc::new(T::default())
    }
}

impl<T> Default for Weak<T> {
    fn default() -> Self {
        Weak::new()
    }
}

/// All that std's can be made from, by way of it.
macro_rules! from {
    ($([$($parameter:tt)*] $from:ty => $to:ty),+ $(,)?) => {
        $(impl<$($parameter)*> From<$from> for $to {
            #[track_caller]
            fn from(value: $from) -> Self {
                Arc::from_std(real::Arc::from(value))
            }
        })+
    };
}

from! {
    [T] T => Arc<T>,
    [T: ?Sized] Box<T> => Arc<T>,
    [T] Vec<T> => Arc<[T]>,
    [T: Clone] &[T] => Arc<[T]>,
    [T, const N: usize] [T; N] => Arc<[T]>,
    [] String => Arc<str>,
    [] &str => Arc<str>,
}

impl<T: ?Sized> From<real::Arc<T>> for Arc<T> {
    #[track_caller]
    fn from(data: real::Arc<T>) -> Self {
        Arc::from_std(data)
    }
}

impl<T> FromIterator<T> for Arc<[T]> {
    #[track_caller]
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        Arc::from_std(values.into_iter().collect())
    }
}

impl<W: Wake + Send + Sync + 'static> From<Arc<W>> for Waker {
    /// A waker's counts are its runtime's own.
    fn from(waker: Arc<W>) -> Self {
        Waker::from(Arc::into_std(waker))
    }
}

impl<T: ?Sized + PartialEq> PartialEq for Arc<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: ?Sized + Eq> Eq for Arc<T> {}

impl<T: ?Sized + PartialOrd> PartialOrd for Arc<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        (**self).partial_cmp(&**other)
    }
}

impl<T: ?Sized + Ord> Ord for Arc<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (**self).cmp(&**other)
    }
}

impl<T: ?Sized + Hash> Hash for Arc<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Arc<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Display> fmt::Display for Arc<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized> fmt::Pointer for Arc<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Pointer::fmt(&*self.data, f)
    }
}

impl<T: ?Sized + std::error::Error> std::error::Error for Arc<T> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        (**self).source()
    }
}

impl<T: ?Sized> fmt::Debug for Weak<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(Weak)")
    }
}
