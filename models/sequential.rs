//! One job after another: the specification of every other model.
