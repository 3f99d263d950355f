//! What the senders of bounded and unbounded channels have in common.

/// A sender around tokio's, and a weak one.
macro_rules! sender {
    ($(#[$doc:meta])* $sender:ident, $weak:ident) => {
        $(#[$doc])*
        pub struct $sender<T>(Ended<Shared, mpsc::$sender<T>>);

        /// A sender that does not keep the channel open.
        pub struct $weak<T>(Ended<Shared, mpsc::$weak<T>>);

        impl<T> $sender<T> {
            /// Waits until the receiver is gone or closed.
            #[track_caller]
            pub fn closed(&self) -> impl Future<Output = ()> {
                let place = Location::caller();
                async move {
                    Announced::new(self.0.owner(), CLOSED, Some(CANCEL), place, self.0.get().closed()).await;
                }
            }

            /// Whether the receiver is gone or closed.
            #[track_caller]
            pub fn is_closed(&self) -> bool {
                self.0.owner().call(IS_CLOSED, || self.0.get().is_closed())
            }

            /// Whether both send to one receiver.
            pub fn same_channel(&self, other: &Self) -> bool {
                self.0.get().same_channel(other.0.get())
            }

            /// A weak one.
            #[track_caller]
            #[must_use = "it keeps nothing open by itself"]
            pub fn downgrade(&self) -> $weak<T> {
                let shared = self.0.owner().clone();
                let weak = shared.call(DOWNGRADE, || self.0.get().downgrade());
                $weak(Ended::new(shared, DROP_WEAK, Location::caller(), weak))
            }

            /// How many senders there are.
            #[track_caller]
            pub fn strong_count(&self) -> usize {
                self.0.owner().call(COUNT, || self.0.get().strong_count())
            }

            /// How many weak senders there are.
            #[track_caller]
            pub fn weak_count(&self) -> usize {
                self.0.owner().call(COUNT, || self.0.get().weak_count())
            }
        }

        impl<T> Clone for $sender<T> {
            #[track_caller]
            fn clone(&self) -> Self {
                let shared = self.0.owner().clone();
                let sender = shared.call(CLONE, || self.0.get().clone());
                $sender(Ended::new(shared, DROP_SENDER, Location::caller(), sender))
            }
        }

        impl<T> fmt::Debug for $sender<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($sender)).finish_non_exhaustive()
            }
        }

        impl<T> $weak<T> {
            /// A sender, if there is one still.
            #[track_caller]
            pub fn upgrade(&self) -> Option<$sender<T>> {
                let shared = self.0.owner().clone();
                let sender = shared.call(UPGRADE, || self.0.get().upgrade())?;
                Some($sender(Ended::new(shared, DROP_SENDER, Location::caller(), sender)))
            }

            /// How many senders there are.
            #[track_caller]
            pub fn strong_count(&self) -> usize {
                self.0.owner().call(COUNT, || self.0.get().strong_count())
            }

            /// How many weak senders there are.
            #[track_caller]
            pub fn weak_count(&self) -> usize {
                self.0.owner().call(COUNT, || self.0.get().weak_count())
            }
        }

        impl<T> Clone for $weak<T> {
            #[track_caller]
            fn clone(&self) -> Self {
                let shared = self.0.owner().clone();
                let weak = shared.call(CLONE, || self.0.get().clone());
                $weak(Ended::new(shared, DROP_WEAK, Location::caller(), weak))
            }
        }

        impl<T> fmt::Debug for $weak<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($weak)).finish_non_exhaustive()
            }
        }
    };
}

pub(super) use sender;
